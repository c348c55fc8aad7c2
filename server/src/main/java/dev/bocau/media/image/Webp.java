package dev.bocau.media.image;

import dev.bocau.model.Media.Size;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// WebP (RFC 9649): chunks in a RIFF. Nothing in Java decodes it within bounds, so it is measured
/// and not looked at: it has no thumbnail.
final class Webp implements ImageFormat {
    private static final String LOSSY = "VP8 ";
    private static final String LOSSLESS = "VP8L";
    private static final String EXTENDED = "VP8X";
    private static final int RIFF_BYTES = 12;
    private static final int CHUNK_BYTES = 8;
    private static final int MEASURED_BYTES = 10;
    private static final int EXIF_AND_XMP = 0x0c;
    private static final Set<String> SHOWN =
            Set.of(LOSSY, LOSSLESS, EXTENDED, "ANIM", "ANMF", "ALPH", "ICCP");

    @Override
    public Traits copy(ImageSource in, ImageSink out) throws IOException {
        byte[] head = in.bytes(RIFF_BYTES);
        long left = Integer.toUnsignedLong(ImageSource.littleEndian(head, 4, 4)) - 4;
        out.bytes(head);
        Size size = null;
        while (left >= CHUNK_BYTES) {
            String type = in.text(4);
            byte[] told = in.bytes(4);
            long length = Integer.toUnsignedLong(ImageSource.littleEndian(told, 0, 4));
            long padded = length + (length & 1);
            left -= CHUNK_BYTES + padded;
            if (left < 0) {
                throw ImageSource.endsTooSoon();
            }
            if (!SHOWN.contains(type)) {
                in.skip(padded);
                continue;
            }
            out.bytes(type.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            out.bytes(told);
            byte[] start = in.bytes((int) Math.min(padded, MEASURED_BYTES));
            size = size == null ? size(type, start) : size;
            out.bytes(type.equals(EXTENDED) ? withoutMetadata(start) : start);
            out.copy(in, padded - start.length);
        }
        if (size == null) {
            throw ImageSource.broken("nothing to see");
        }
        byte[] length =
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt((int) (out.length() - CHUNK_BYTES))
                        .array();
        out.over(4, length);
        return new Traits(1, size);
    }

    private static byte[] withoutMetadata(byte[] start) {
        byte[] flags = start.clone();
        flags[0] &= ~EXIF_AND_XMP;
        return flags;
    }

    private static @Nullable Size size(String type, byte[] start) throws UnfitImageException {
        if (start.length < MEASURED_BYTES) {
            throw ImageSource.endsTooSoon();
        }
        return switch (type) {
            case EXTENDED ->
                    new Size(
                            ImageSource.littleEndian(start, 4, 3) + 1,
                            ImageSource.littleEndian(start, 7, 3) + 1);
            case LOSSY ->
                    new Size(
                            ImageSource.littleEndian(start, 6, 2) & 0x3fff,
                            ImageSource.littleEndian(start, 8, 2) & 0x3fff);
            case LOSSLESS -> {
                int bits = ImageSource.littleEndian(start, 1, 4);
                yield new Size((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
            }
            default -> null;
        };
    }
}
