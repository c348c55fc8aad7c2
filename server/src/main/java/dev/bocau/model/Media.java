package dev.bocau.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// An image or a file that a message carries, as it was found to be when it was uploaded. It never
/// changes.
///
/// @param name of the file, without a path
/// @param type MIME type, from what is in it and not from what was claimed
/// @param size of an image, as it is shown; null: no image
/// @param preview null: it has none
public record Media(
        MediaId id,
        String name,
        String type,
        long bytes,
        @Nullable Size size,
        @Nullable Preview preview) {
    private static final int FORM = 1;

    /// Pixels.
    public record Size(int width, int height) {}

    /// What stands for an image until it is there.
    ///
    /// @param blurhash colours in a few characters, see blurha.sh
    /// @param thumbnail the size of a smaller image, which is kept beside the image
    public record Preview(String blurhash, Size thumbnail) {}

    /// Whether it can be sent as a message of this kind.
    public boolean fits(Message.Kind kind) {
        return switch (kind) {
            case TEXT -> false;
            case IMAGE -> size != null;
            case FILE -> true;
        };
    }

    /// The form in which it is kept.
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(FORM);
            out.writeUTF(id.value());
            out.writeUTF(name);
            out.writeUTF(type);
            out.writeLong(this.bytes);
            write(out, size);
            out.writeBoolean(preview != null);
            if (preview != null) {
                out.writeUTF(preview.blurhash);
                write(out, preview.thumbnail);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, @Nullable Size size) throws IOException {
        out.writeInt(size == null ? 0 : size.width);
        out.writeInt(size == null ? 0 : size.height);
    }

    /// What {@link #encode} has made.
    public static Media decode(byte[] bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            int form = in.readByte();
            if (form != FORM) {
                throw new IllegalArgumentException("media in the form " + form);
            }
            return new Media(
                    new MediaId(in.readUTF()),
                    in.readUTF(),
                    in.readUTF(),
                    in.readLong(),
                    size(in),
                    in.readBoolean() ? preview(in) : null);
        } catch (IOException e) {
            throw new IllegalArgumentException("media that ends too soon", e);
        }
    }

    private static @Nullable Preview preview(DataInputStream in) throws IOException {
        String blurhash = in.readUTF();
        Size thumbnail = size(in);
        return thumbnail == null ? null : new Preview(blurhash, thumbnail);
    }

    private static @Nullable Size size(DataInputStream in) throws IOException {
        int width = in.readInt();
        int height = in.readInt();
        return width == 0 ? null : new Size(width, height);
    }

    /// How many bytes this takes on the wire at the most, in any encoding.
    int wireBytes() {
        return 300 + WireBytes.of(name) + WireBytes.of(type);
    }
}
