package dev.bocau.store.embedded;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/// Writes the fields of a row one after the other.
final class RowWriter {
    private byte[] bytes = new byte[64];
    private int length;

    RowWriter one(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    RowWriter number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    RowWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    RowWriter bytes(byte[] value) {
        number(value.length);
        return raw(value);
    }

    RowWriter raw(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    RowWriter uuid(UUID value) {
        return fixed(value.getMostSignificantBits()).fixed(value.getLeastSignificantBits());
    }

    RowWriter fixed(long value) {
        room(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
        return this;
    }

    byte[] row() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
