package dev.bocau.media.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// An image, byte by byte. That it ends too soon is a fault of the image.
final class ImageSource {
    private final InputStream in;

    ImageSource(InputStream in) {
        this.in = in;
    }

    int one() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw endsTooSoon();
        }
        return value;
    }

    byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw endsTooSoon();
        }
        return bytes;
    }

    String text(int length) throws IOException {
        return new String(bytes(length), StandardCharsets.ISO_8859_1);
    }

    void skip(long length) throws IOException {
        try {
            in.skipNBytes(length);
        } catch (java.io.EOFException e) {
            throw endsTooSoon();
        }
    }

    static UnfitImageException endsTooSoon() {
        return new UnfitImageException("the image ends too soon");
    }

    static UnfitImageException broken(String what) {
        return new UnfitImageException("the image is broken: " + what);
    }

    static int bigEndian(byte[] bytes, int at, int length) {
        int value = 0;
        for (int i = 0; i < length; i++) {
            value = (value << 8) | (bytes[at + i] & 0xff);
        }
        return value;
    }

    static int littleEndian(byte[] bytes, int at, int length) {
        int value = 0;
        for (int i = length - 1; i >= 0; i--) {
            value = (value << 8) | (bytes[at + i] & 0xff);
        }
        return value;
    }
}
