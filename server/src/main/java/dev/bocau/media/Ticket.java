package dev.bocau.media;

import dev.bocau.model.UserId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// What was said when an upload was begun.
///
/// @param name of the file, cleaned
/// @param bytes how many are to come
/// @param expiresAtMs from then on it can neither be gone on with nor be sent
record Ticket(UserId owner, String name, long bytes, long begunAtMs, long expiresAtMs) {
    private static final int FORM = 1;

    Ticket expiring(long atMs) {
        return new Ticket(owner, name, bytes, begunAtMs, Math.min(expiresAtMs, atMs));
    }

    byte[] encode() {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream(128);
        DataOutputStream out = new DataOutputStream(encoded);
        try {
            out.writeByte(FORM);
            out.writeUTF(owner.value());
            out.writeUTF(name);
            out.writeLong(bytes);
            out.writeLong(begunAtMs);
            out.writeLong(expiresAtMs);
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
        return encoded.toByteArray();
    }

    static Ticket decode(byte[] encoded) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(encoded));
        try {
            int form = in.readByte();
            if (form != FORM) {
                throw new IllegalArgumentException("a ticket in the form " + form);
            }
            return new Ticket(
                    new UserId(in.readUTF()),
                    in.readUTF(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong());
        } catch (IOException e) {
            throw new IllegalArgumentException("a ticket that ends too soon", e);
        }
    }
}
