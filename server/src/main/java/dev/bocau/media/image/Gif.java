package dev.bocau.media.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// GIF 87a and 89a: blocks. Kept are images, how long each is shown, and how often all of them.
final class Gif implements ImageFormat {
    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2c;
    private static final int TRAILER = 0x3b;
    private static final int CONTROL = 0xf9;
    private static final int APPLICATION = 0xff;
    private static final int MOST_FRAMES = 10_000;
    private static final Set<String> LOOPS = Set.of("NETSCAPE2.0", "ANIMEXTS1.0");

    @Override
    public Traits copy(ImageSource in, ImageSink out) throws IOException {
        byte[] head = in.bytes(13);
        String signature = new String(head, 0, 6, StandardCharsets.ISO_8859_1);
        if (!signature.equals("GIF87a") && !signature.equals("GIF89a")) {
            throw ImageSource.broken("no signature");
        }
        out.bytes(head);
        palette(in, out, head[10]);
        int frames = 0;
        for (int block = in.one(); block != TRAILER; block = in.one()) {
            switch (block) {
                case IMAGE -> {
                    if (++frames > MOST_FRAMES) {
                        throw ImageSource.broken("more than %d frames".formatted(MOST_FRAMES));
                    }
                    out.one(IMAGE);
                    byte[] descriptor = in.bytes(9);
                    within(head, descriptor);
                    out.bytes(descriptor);
                    palette(in, out, descriptor[8]);
                    out.one(in.one());
                    blocks(in, out, true);
                }
                case EXTENSION -> extension(in, out);
                default -> throw ImageSource.broken("a block of no known kind");
            }
        }
        if (frames == 0) {
            throw ImageSource.broken("nothing to see");
        }
        out.one(TRAILER);
        return Traits.UPRIGHT;
    }

    private static void within(byte[] screen, byte[] frame) throws UnfitImageException {
        for (int i = 0; i < 4; i += 2) {
            int end =
                    ImageSource.littleEndian(frame, i, 2)
                            + ImageSource.littleEndian(frame, i + 4, 2);
            if (end > ImageSource.littleEndian(screen, 6 + i, 2)) {
                throw ImageSource.broken("a frame is larger than the whole");
            }
        }
    }

    private static void palette(ImageSource in, ImageSink out, int flags) throws IOException {
        if ((flags & 0x80) != 0) {
            out.copy(in, 3L << ((flags & 7) + 1));
        }
    }

    private static void extension(ImageSource in, ImageSink out) throws IOException {
        int label = in.one();
        int length = in.one();
        byte[] first = in.bytes(length);
        boolean shown =
                label == CONTROL
                        || (label == APPLICATION
                                && LOOPS.contains(new String(first, StandardCharsets.ISO_8859_1)));
        if (shown) {
            out.bytes((byte) EXTENSION, (byte) label, (byte) length);
            out.bytes(first);
        }
        if (length > 0) {
            blocks(in, out, shown);
        } else if (shown) {
            throw ImageSource.broken("an empty extension");
        }
    }

    private static void blocks(ImageSource in, ImageSink out, boolean shown) throws IOException {
        int length;
        do {
            length = in.one();
            byte[] block = in.bytes(length);
            if (shown) {
                out.one(length);
                out.bytes(block);
            }
        } while (length > 0);
    }
}
