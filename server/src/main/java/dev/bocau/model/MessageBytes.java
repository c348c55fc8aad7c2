package dev.bocau.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A message as the nodes of a cluster hand it to each other. Not for keeping: nodes of other
/// releases may write it differently, and begin with another {@link #FORM} then.
public final class MessageBytes {
    /// What bytes of this release begin with.
    public static final int FORM = 2;

    private static final long NONE = -1;
    private static final byte[] NOTHING = {};

    private MessageBytes() {}

    /// A message by itself.
    public static byte[] of(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(FORM);
            write(out, message);
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
        return bytes.toByteArray();
    }

    /// The message that {@link #of} has written; null if it is in a form that is not known here.
    public static @Nullable Message message(byte[] bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            return in.readByte() == FORM ? read(in) : null;
        } catch (IOException | RuntimeException another) {
            return null;
        }
    }

    /// Writes a message among other things.
    public static void write(DataOutput out, Message message) throws IOException {
        out.writeUTF(message.id().toString());
        out.writeUTF(message.conversation().value());
        out.writeLong(message.seq());
        out.writeUTF(message.sender().value());
        out.writeUTF(message.senderDevice().value());
        out.writeUTF(message.localId().value());
        out.writeByte(message.kind().ordinal());
        byte[] content = message.content().getBytes(StandardCharsets.UTF_8);
        out.writeInt(content.length);
        out.write(content);
        Media media = message.media();
        byte[] carried = media == null ? NOTHING : media.encode();
        out.writeInt(carried.length);
        out.write(carried);
        out.writeLong(message.timestampMs());
        out.writeInt(message.version());
        writeTime(out, message.editedAtMs());
        writeTime(out, message.recalledAtMs());
    }

    private static void writeTime(DataOutput out, @Nullable Long atMs) throws IOException {
        out.writeLong(atMs == null ? NONE : atMs);
    }

    public static Message read(DataInput in) throws IOException {
        return new Message(
                MessageId.parse(in.readUTF()).orElseThrow(),
                new ConversationId(in.readUTF()),
                in.readLong(),
                new UserId(in.readUTF()),
                new DeviceId(in.readUTF()),
                new LocalId(in.readUTF()),
                Message.Kind.values()[in.readByte()],
                text(in),
                media(in),
                in.readLong(),
                in.readInt(),
                time(in),
                time(in));
    }

    private static String text(DataInput in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static @Nullable Media media(DataInput in) throws IOException {
        byte[] bytes = bytes(in);
        return bytes.length == 0 ? null : Media.decode(bytes);
    }

    private static byte[] bytes(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    private static @Nullable Long time(DataInput in) throws IOException {
        long atMs = in.readLong();
        return atMs == NONE ? null : atMs;
    }
}
