package dev.bocau.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Tells what is asked under a localId from what was asked under it before.
public final class Fingerprint {
    public static final int BYTES = 16;

    private Fingerprint() {}

    static byte[] of(String kind, String... contents) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(kind.getBytes(StandardCharsets.US_ASCII));
            for (String content : contents) {
                digest.update((byte) 0);
                digest.update(content.getBytes(StandardCharsets.UTF_8));
            }
            return Arrays.copyOf(digest.digest(), BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java has SHA-256", e);
        }
    }
}
