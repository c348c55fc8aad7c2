package dev.bocau.media.image;

import java.io.IOException;
import java.util.Set;

/// JPEG (ITU-T T.81): segments with a marker in front. Kept are tables, frames, scans, and the
/// three application segments that say how colours are meant; of Exif only which side is up.
final class Jpeg implements ImageFormat {
    private static final int SOI = 0xd8;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP2 = 0xe2;
    private static final int APP14 = 0xee;
    private static final int COMMENT = 0xfe;
    private static final int RST0 = 0xd0;
    private static final int RST7 = 0xd7;

    /// A decoder goes over the whole image for each, so thousands of them are an attack.
    private static final int MOST_SCANS = 100;

    private static final Set<String> COLOURS = Set.of("JFIF\0", "ICC_PROFILE\0", "Adobe");

    @Override
    public Traits copy(ImageSource in, ImageSink out) throws IOException {
        if (in.one() != 0xff || in.one() != SOI) {
            throw ImageSource.broken("no start");
        }
        out.bytes((byte) 0xff, (byte) SOI);
        int orientation = 1;
        int scans = 0;
        int marker = marker(in);
        while (marker != EOI) {
            byte[] segment = segment(in);
            if (marker == APP1) {
                orientation = Math.max(orientation, Exif.orientation(segment));
            } else if (isShown(marker, segment)) {
                write(out, marker, segment);
            }
            if (marker == SOS) {
                if (++scans > MOST_SCANS) {
                    throw ImageSource.broken("more than %d scans".formatted(MOST_SCANS));
                }
                marker = scan(in, out);
            } else {
                if (marker == APP1 && orientation > 1 && scans == 0) {
                    write(out, APP1, Exif.of(orientation));
                }
                marker = marker(in);
            }
        }
        if (scans == 0) {
            throw ImageSource.broken("nothing to see");
        }
        out.bytes((byte) 0xff, (byte) EOI);
        return new Traits(orientation, null);
    }

    private static int marker(ImageSource in) throws IOException {
        if (in.one() != 0xff) {
            throw ImageSource.broken("no marker where one is due");
        }
        int marker = in.one();
        while (marker == 0xff) {
            marker = in.one();
        }
        if (marker < 0xc0 || (marker >= RST0 && marker <= SOI)) {
            throw ImageSource.broken("a marker where none is due");
        }
        return marker;
    }

    private static byte[] segment(ImageSource in) throws IOException {
        int length = ImageSource.bigEndian(in.bytes(2), 0, 2);
        if (length < 2) {
            throw ImageSource.broken("a segment without a length");
        }
        return in.bytes(length - 2);
    }

    private static boolean isShown(int marker, byte[] segment) {
        if (marker == COMMENT) {
            return false;
        }
        if (marker < APP0 || marker > 0xef) {
            return true;
        }
        String start =
                new String(
                        segment,
                        0,
                        Math.min(segment.length, 12),
                        java.nio.charset.StandardCharsets.ISO_8859_1);
        return (marker == APP0 || marker == APP2 || marker == APP14)
                && COLOURS.stream().anyMatch(start::startsWith);
    }

    private static void write(ImageSink out, int marker, byte[] segment) throws IOException {
        int length = segment.length + 2;
        out.bytes((byte) 0xff, (byte) marker, (byte) (length >> 8), (byte) length);
        out.bytes(segment);
    }

    /// Coded data up to the next marker, which is returned.
    private static int scan(ImageSource in, ImageSink out) throws IOException {
        while (true) {
            int value = in.one();
            if (value != 0xff) {
                out.one(value);
                continue;
            }
            int next = in.one();
            while (next == 0xff) {
                next = in.one();
            }
            if (next != 0 && (next < RST0 || next > RST7)) {
                return next;
            }
            out.bytes((byte) 0xff, (byte) next);
        }
    }
}
