package dev.bocau.bus.redis;

import dev.bocau.bus.Hint;
import dev.bocau.model.Appended;
import dev.bocau.model.Commit;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageBytes;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Hints as they travel between nodes. Nodes of other versions, whose hints have another form, are
/// not understood, which is as good as a hint that was lost.
final class HintBytes {
    private static final int GROWN = 1;
    private static final int CONNECTED = 2;
    private static final int SIGNED_OUT = 3;

    private HintBytes() {}

    static byte[] of(Hint hint, long node) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(MessageBytes.FORM);
            out.writeLong(node);
            write(out, hint);
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, Hint hint) throws IOException {
        switch (hint) {
            case Hint.Grown(Commit commit, List<Appended> appended) -> {
                out.writeByte(GROWN);
                out.writeLong(commit.start());
                out.writeLong(commit.number());
                out.writeInt(appended.size());
                for (Appended entry : appended) {
                    write(out, entry);
                }
            }
            case Hint.Connected(UserId user, DeviceId device, long session) -> {
                out.writeByte(CONNECTED);
                out.writeUTF(user.value());
                out.writeUTF(device.value());
                out.writeLong(session);
            }
            case Hint.SignedOut(UserId user, DeviceId device) -> {
                out.writeByte(SIGNED_OUT);
                out.writeUTF(user.value());
                out.writeUTF(device.value());
            }
        }
    }

    private static void write(DataOutputStream out, Appended entry) throws IOException {
        out.writeUTF(entry.user().value());
        out.writeByte(entry.track().ordinal());
        out.writeLong(entry.before());
        out.writeLong(entry.offset());
        Message message = entry.message();
        out.writeBoolean(message != null);
        if (message != null) {
            MessageBytes.write(out, message);
        }
    }

    /// A hint of another node; empty if it is of `self`, or in a form that is not known here.
    static Optional<Hint> read(byte[] bytes, long self) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            boolean known = in.readByte() == MessageBytes.FORM;
            return !known || in.readLong() == self ? Optional.empty() : Optional.of(hint(in));
        } catch (IOException | RuntimeException another) {
            return Optional.empty();
        }
    }

    private static Hint hint(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case GROWN -> {
                Commit commit = new Commit(in.readLong(), in.readLong());
                List<Appended> appended = new ArrayList<>();
                for (int left = in.readInt(); left > 0; left--) {
                    appended.add(appended(in));
                }
                yield new Hint.Grown(commit, appended);
            }
            case CONNECTED ->
                    new Hint.Connected(
                            new UserId(in.readUTF()), new DeviceId(in.readUTF()), in.readLong());
            case SIGNED_OUT ->
                    new Hint.SignedOut(new UserId(in.readUTF()), new DeviceId(in.readUTF()));
            default -> throw new IOException("a hint of kind " + kind);
        };
    }

    private static Appended appended(DataInputStream in) throws IOException {
        return new Appended(
                new UserId(in.readUTF()),
                Track.values()[in.readByte()],
                in.readLong(),
                in.readLong(),
                in.readBoolean() ? MessageBytes.read(in) : null);
    }
}
