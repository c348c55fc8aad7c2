package dev.bocau.store.embedded;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/// Reads the fields of a row in the order in which {@link RowWriter} wrote them.
final class RowReader {
    private final byte[] bytes;
    private int at;

    RowReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Whether every field was read.
    boolean atEnd() {
        return at == bytes.length;
    }

    int one() {
        return bytes[at++] & 0xff;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("a number in a row is longer than 64 bits");
    }

    String text() {
        int length = (int) number();
        String value = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return value;
    }

    byte[] bytes() {
        return raw((int) number());
    }

    byte[] raw(int length) {
        byte[] value = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return value;
    }

    UUID uuid() {
        return new UUID(fixed(), fixed());
    }

    long fixed() {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = (value << 8) | (bytes[at++] & 0xff);
        }
        return value;
    }
}
