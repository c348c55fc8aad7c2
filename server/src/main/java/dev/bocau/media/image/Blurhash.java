package dev.bocau.media.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/// A few colours of an image in some thirty characters, by the algorithm of blurha.sh: the lowest
/// frequencies of a cosine transform, 4 by 3 of them.
final class Blurhash {
    private static final int X = 4;
    private static final int Y = 3;
    private static final int SIDE = 32;
    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

    private Blurhash() {}

    static String of(BufferedImage image) {
        double[][] pixels = pixels(image);
        double[][] factors = new double[X * Y][];
        double most = 0;
        for (int y = 0; y < Y; y++) {
            for (int x = 0; x < X; x++) {
                double[] factor = factor(pixels, x, y);
                factors[y * X + x] = factor;
                if (x + y > 0) {
                    for (double colour : factor) {
                        most = Math.max(most, Math.abs(colour));
                    }
                }
            }
        }
        int range = Math.clamp((int) Math.floor(most * 166 - 0.5), 0, 82);
        StringBuilder hash = new StringBuilder();
        digits(hash, (X - 1) + (Y - 1) * 9, 1);
        digits(hash, range, 1);
        digits(
                hash,
                (srgb(factors[0][0]) << 16) + (srgb(factors[0][1]) << 8) + srgb(factors[0][2]),
                4);
        for (int i = 1; i < factors.length; i++) {
            int value = 0;
            for (double colour : factors[i]) {
                value = value * 19 + step(colour / ((range + 1) / 166.0));
            }
            digits(hash, value, 2);
        }
        return hash.toString();
    }

    /// Linear red, green and blue of the image in small, on white.
    private static double[][] pixels(BufferedImage image) {
        BufferedImage small = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = small.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, SIDE, SIDE);
        graphics.drawImage(image, 0, 0, SIDE, SIDE, null);
        graphics.dispose();
        double[][] pixels = new double[SIDE * SIDE][3];
        for (int i = 0; i < pixels.length; i++) {
            int rgb = small.getRGB(i % SIDE, i / SIDE);
            for (int colour = 0; colour < 3; colour++) {
                pixels[i][colour] = linear((rgb >> (16 - 8 * colour)) & 0xff);
            }
        }
        return pixels;
    }

    private static double[] factor(double[][] pixels, int x, int y) {
        double[] factor = new double[3];
        double scale = (x + y == 0 ? 1.0 : 2.0) / pixels.length;
        for (int i = 0; i < pixels.length; i++) {
            double basis =
                    scale
                            * Math.cos(Math.PI * x * (i % SIDE) / SIDE)
                            * Math.cos(Math.PI * y * Math.floorDiv(i, SIDE) / SIDE);
            for (int colour = 0; colour < 3; colour++) {
                factor[colour] += basis * pixels[i][colour];
            }
        }
        return factor;
    }

    private static int step(double value) {
        double root = Math.copySign(Math.sqrt(Math.abs(value)), value);
        return Math.clamp((int) Math.floor(root * 9 + 9.5), 0, 18);
    }

    private static double linear(int srgb) {
        double value = srgb / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static int srgb(double linear) {
        double value = Math.clamp(linear, 0, 1);
        double srgb = value <= 0.0031308 ? value * 12.92 : 1.055 * Math.pow(value, 1 / 2.4) - 0.055;
        return (int) (srgb * 255 + 0.5);
    }

    private static void digits(StringBuilder out, int value, int count) {
        int base = DIGITS.length();
        for (int left = count - 1; left >= 0; left--) {
            int digit = (int) (value / Math.pow(base, left)) % base;
            out.append(DIGITS.charAt(digit));
        }
    }
}
