package dev.bocau.store.embedded;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Builds and takes apart the keys that the package comment draws.
final class Keys {
    private Keys() {}

    /// `part \0 part \0 … part`
    static byte[] of(String... parts) {
        int length = parts.length - 1;
        for (String part : parts) {
            length += part.length();
        }
        byte[] key = new byte[length];
        int at = 0;
        for (String part : parts) {
            if (at > 0) {
                at++;
            }
            at = put(key, at, part);
        }
        return key;
    }

    /// `owner \0 #number`
    static byte[] numbered(String owner, long number) {
        byte[] key = new byte[owner.length() + 1 + 8];
        int at = put(key, 0, owner) + 1;
        putNumber(key, at, number);
        return key;
    }

    /// `owner \0 sort #number`
    static byte[] numbered(String owner, byte sort, long number) {
        byte[] key = new byte[owner.length() + 2 + 8];
        int at = put(key, 0, owner) + 1;
        key[at] = sort;
        putNumber(key, at + 1, number);
        return key;
    }

    /// What `part \0` begins with.
    static byte[] under(String part) {
        byte[] key = new byte[part.length() + 1];
        put(key, 0, part);
        return key;
    }

    /// The first key behind all that begin with `prefix`.
    static byte[] end(byte[] prefix) {
        byte[] end = prefix.clone();
        for (int i = end.length - 1; i >= 0; i--) {
            if (++end[i] != 0) {
                return Arrays.copyOf(end, i + 1);
            }
        }
        throw new IllegalArgumentException("no key lies behind this prefix");
    }

    /// The number at the end of a key.
    static long number(byte[] key) {
        long number = 0;
        for (int i = key.length - 8; i < key.length; i++) {
            number = (number << 8) | (key[i] & 0xff);
        }
        return number;
    }

    /// What stands in front of the first `\0` of a key of strings.
    static String first(byte[] key) {
        int end = 0;
        while (key[end] != 0) {
            end++;
        }
        return new String(key, 0, end, StandardCharsets.US_ASCII);
    }

    /// What follows the last `\0` of a key of strings.
    static String last(byte[] key) {
        int at = key.length;
        while (at > 0 && key[at - 1] != 0) {
            at--;
        }
        return new String(key, at, key.length - at, StandardCharsets.US_ASCII);
    }

    static byte[] join(byte[] head, byte[] tail) {
        byte[] key = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, key, head.length, tail.length);
        return key;
    }

    @SuppressWarnings("deprecation") // ids are ASCII: this is the copy without an encoder
    private static int put(byte[] key, int at, String part) {
        part.getBytes(0, part.length(), key, at);
        return at + part.length();
    }

    private static void putNumber(byte[] key, int at, long number) {
        for (int i = 0; i < 8; i++) {
            key[at + i] = (byte) (number >>> (56 - 8 * i));
        }
    }
}
