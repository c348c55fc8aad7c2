package dev.bocau.media;

import dev.bocau.model.MediaId;
import dev.bocau.model.UserId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;

/// Where in the storage everything stands; the package's comment draws it.
final class Names {
    static final String DUE = "due/";

    private static final int HASH_BYTES = 16;
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("yyyyMMddHH").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);

    private Names() {}

    static String all(MediaId id) {
        return "media/" + id.value().substring(0, 2) + "/" + id + "/";
    }

    static String ticket(MediaId id) {
        return all(id) + "upload";
    }

    static String bytes(MediaId id) {
        return all(id) + "bytes";
    }

    static String found(MediaId id) {
        return all(id) + "found";
    }

    static String image(MediaId id) {
        return all(id) + "image";
    }

    static String thumbnail(MediaId id) {
        return all(id) + "thumbnail";
    }

    static String uses(MediaId id) {
        return all(id) + "uses/";
    }

    static String due(long atMs, MediaId id) {
        return dueBy(atMs) + "/" + id;
    }

    /// In front of all names of the same hour, and behind those of the hours before.
    static String dueBy(long atMs) {
        return DUE + HOUR.format(Instant.ofEpochMilli(atMs));
    }

    static String open(UserId user) {
        return person(user) + "open/";
    }

    static String day(UserId user, long atMs) {
        return person(user) + DAY.format(Instant.ofEpochMilli(atMs)) + "/";
    }

    private static String person(UserId user) {
        return "people/" + hash(user.value()) + "/";
    }

    /// A name of a fixed length that nobody can choose.
    static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, HASH_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java has SHA-256", e);
        }
    }
}
