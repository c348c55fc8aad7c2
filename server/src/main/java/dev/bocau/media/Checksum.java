package dev.bocau.media;

import dev.bocau.model.Code;
import dev.bocau.model.Refused;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// What the bytes of one request are to come to.
public record Checksum(String algorithm, byte[] expected) {
    private static final Map<String, String> DIGESTS = Map.of("sha1", "SHA-1", "sha256", "SHA-256");

    /// By the names that tus has for them.
    public static final List<String> ALGORITHMS = List.of("sha1", "sha256");

    /// Reads `sha1 ` and base64.
    ///
    /// @throws Refused if it is none, or of an algorithm that is not known here
    public static Checksum parse(String text) {
        String[] parts = text.strip().split(" ", 2);
        try {
            if (parts.length == 2 && DIGESTS.containsKey(parts[0])) {
                return new Checksum(parts[0], Base64.getDecoder().decode(parts[1].strip()));
            }
        } catch (IllegalArgumentException notBase64) {
            // Told below.
        }
        throw new Refused(
                Code.INVALID_FIELD,
                "Upload-Checksum is to be one of %s and base64".formatted(ALGORITHMS));
    }

    boolean is(byte[] digest) {
        return Arrays.equals(digest, expected);
    }

    MessageDigest digest() {
        try {
            return MessageDigest.getInstance(DIGESTS.getOrDefault(algorithm, algorithm));
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java has " + algorithm, e);
        }
    }
}
