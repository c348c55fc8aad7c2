package dev.bocau.media.image;

import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;

/// Turns images upright, as Exif numbers the ways in which they may lie.
final class Turning {
    private Turning() {}

    static BufferedImage upright(BufferedImage image, int orientation) {
        if (orientation == 1) {
            return image;
        }
        boolean sideways = orientation >= 5;
        int width = image.getWidth();
        int height = image.getHeight();
        BufferedImage turned =
                new BufferedImage(
                        sideways ? height : width,
                        sideways ? width : height,
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = turned.createGraphics();
        try {
            graphics.drawImage(image, way(orientation, width, height), null);
        } finally {
            graphics.dispose();
        }
        return turned;
    }

    /// From where a pixel lies to where it is seen.
    private static AffineTransform way(int orientation, int width, int height) {
        return switch (orientation) {
            case 2 -> new AffineTransform(-1, 0, 0, 1, width, 0);
            case 3 -> new AffineTransform(-1, 0, 0, -1, width, height);
            case 4 -> new AffineTransform(1, 0, 0, -1, 0, height);
            case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
            case 6 -> new AffineTransform(0, 1, -1, 0, height, 0);
            case 7 -> new AffineTransform(0, -1, -1, 0, height, width);
            case 8 -> new AffineTransform(0, -1, 1, 0, 0, width);
            default -> new AffineTransform();
        };
    }
}
