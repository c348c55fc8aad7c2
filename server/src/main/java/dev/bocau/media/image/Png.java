package dev.bocau.media.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32;

/// PNG (W3C, third edition): chunks with a checksum each. Kept are those that are shown, also when
/// they move.
final class Png implements ImageFormat {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int COLOUR_BYTES = 1 << 20;
    private static final Set<String> DATA = Set.of("IHDR", "PLTE", "IDAT", "IEND", "fdAT");
    private static final Set<String> SMALL =
            Set.of(
                    "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "sBIT", "bKGD", "pHYs", "acTL",
                    "fcTL");

    @Override
    public Traits copy(ImageSource in, ImageSink out) throws IOException {
        if (!Arrays.equals(in.bytes(SIGNATURE.length), SIGNATURE)) {
            throw ImageSource.broken("no signature");
        }
        out.bytes(SIGNATURE);
        String type = "";
        while (!type.equals("IEND")) {
            byte[] head = in.bytes(8);
            long length = Integer.toUnsignedLong(ImageSource.bigEndian(head, 0, 4));
            String next = new String(head, 4, 4, StandardCharsets.ISO_8859_1);
            if (type.isEmpty() != next.equals("IHDR")) {
                throw ImageSource.broken("its header does not come first");
            }
            type = next;
            if (DATA.contains(type) || (SMALL.contains(type) && length <= COLOUR_BYTES)) {
                out.bytes(head);
                chunk(in, out, head, length);
            } else {
                in.skip(length + 4);
            }
        }
        return Traits.UPRIGHT;
    }

    private static void chunk(ImageSource in, ImageSink out, byte[] head, long length)
            throws IOException {
        CRC32 crc = new CRC32();
        crc.update(head, 4, 4);
        for (long left = length; left > 0; ) {
            byte[] next = in.bytes((int) Math.min(left, BUFFER_BYTES));
            crc.update(next);
            out.bytes(next);
            left -= next.length;
        }
        byte[] told = in.bytes(4);
        if (ImageSource.bigEndian(told, 0, 4) != (int) crc.getValue()) {
            throw ImageSource.broken("a checksum differs");
        }
        out.bytes(told);
    }
}
