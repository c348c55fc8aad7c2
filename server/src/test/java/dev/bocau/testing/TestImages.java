package dev.bocau.testing;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;

/// Images, good and bad.
public final class TestImages {
    private TestImages() {}

    /// From red at the left to blue at the right, dark at the bottom.
    public static byte[] image(String format, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, Color.RED, width, 0, Color.BLUE));
        graphics.fillRect(0, 0, width, height);
        graphics.setPaint(Color.BLACK);
        graphics.fillRect(0, height * 3 / 4, width, height / 4);
        graphics.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /// A JPEG with an Exif segment, which tells an orientation and a place, and a comment.
    public static byte[] photo(int width, int height, int orientation) {
        byte[] plain = image("jpeg", width, height);
        byte[] exif =
                ByteBuffer.allocate(6 + 8 + 2 + 24 + 4 + 20)
                        .put("Exif\0\0".getBytes(StandardCharsets.US_ASCII))
                        .put("MM\0*".getBytes(StandardCharsets.US_ASCII))
                        .putInt(8)
                        .putShort((short) 2)
                        .put(new byte[] {1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte) orientation, 0, 0})
                        .put(new byte[] {(byte) 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38})
                        .putInt(0)
                        .put("GPS: 21.0285 105.854".getBytes(StandardCharsets.US_ASCII))
                        .array();
        return join(
                new byte[] {(byte) 0xff, (byte) 0xd8},
                segment(0xe1, exif),
                segment(0xfe, "by Alice's phone".getBytes(StandardCharsets.US_ASCII)),
                java.util.Arrays.copyOfRange(plain, 2, plain.length));
    }

    private static byte[] segment(int marker, byte[] content) {
        int length = content.length + 2;
        byte[] head = {(byte) 0xff, (byte) marker, (byte) (length >> 8), (byte) length};
        return join(head, content);
    }

    /// A PNG that says that it is this large, all of one colour: small to send, large to hold.
    public static byte[] bomb(int width, int height) {
        ByteBuffer header =
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put(new byte[] {8, 2, 0, 0, 0});
        Deflater deflater = new Deflater(9);
        deflater.setInput(new byte[1 << 20]);
        deflater.finish();
        byte[] rows = new byte[1 << 16];
        int length = deflater.deflate(rows);
        deflater.end();
        return join(
                new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10},
                chunk("IHDR", header.array()),
                chunk("IDAT", java.util.Arrays.copyOf(rows, length)),
                chunk("IEND", new byte[0]));
    }

    /// A chunk of PNG.
    public static byte[] chunk(String type, byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(type.getBytes(StandardCharsets.US_ASCII));
        crc.update(content);
        return ByteBuffer.allocate(12 + content.length)
                .putInt(content.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(content)
                .putInt((int) crc.getValue())
                .array();
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
