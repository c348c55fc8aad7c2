package dev.bocau.media.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The one thing in Exif that is needed to show an image: which of its sides is up.
final class Exif {
    private static final byte[] HEADER = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final int TIFF_BYTES = 26;
    private static final int ORIENTATION = 0x0112;
    private static final int SHORT = 3;
    private static final int ENTRY_BYTES = 12;

    private Exif() {}

    /// The orientation in a segment: 1 to 8; 1 if it tells none.
    static int orientation(byte[] segment) {
        if (!new String(segment, StandardCharsets.ISO_8859_1).startsWith("Exif\0\0")) {
            return 1;
        }
        ByteBuffer tiff = ByteBuffer.wrap(segment, HEADER.length, segment.length - HEADER.length);
        tiff = tiff.slice();
        try {
            tiff.order(tiff.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int at = tiff.getInt(4);
            int entries = tiff.getShort(at) & 0xffff;
            for (int i = 0; i < entries; i++) {
                int entry = at + 2 + i * ENTRY_BYTES;
                if ((tiff.getShort(entry) & 0xffff) == ORIENTATION) {
                    int value = tiff.getShort(entry + 8);
                    return value >= 1 && value <= 8 ? value : 1;
                }
            }
            return 1;
        } catch (IndexOutOfBoundsException | IllegalArgumentException broken) {
            return 1;
        }
    }

    /// A segment that tells an orientation and nothing else.
    static byte[] of(int orientation) {
        return ByteBuffer.allocate(HEADER.length + TIFF_BYTES)
                .put(HEADER)
                .put("MM\0*".getBytes(StandardCharsets.US_ASCII))
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) ORIENTATION)
                .putShort((short) SHORT)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0)
                .putInt(0)
                .array();
    }
}
