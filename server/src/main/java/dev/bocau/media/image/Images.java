package dev.bocau.media.image;

import dev.bocau.media.disk.WorkFolder;
import dev.bocau.media.image.ImageFormat.Traits;
import dev.bocau.model.Media.Preview;
import dev.bocau.model.Media.Size;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import net.coobird.thumbnailator.Thumbnails;
import org.jspecify.annotations.Nullable;

/// Examines images. A large one is decoded in strides, so that what it takes does not grow with it.
public final class Images {
    private static final int THUMBNAIL_PIXELS = 480;
    private static final int MOST_SIDE_PIXELS = 32_767;
    private static final int MILLION = 1_000_000;
    private static final double QUALITY = 0.8;

    /// Formats by type, and what ImageIO calls them; those without a name it does not decode.
    private static final Map<String, ImageFormat> FORMATS =
            Map.of(
                    "image/jpeg", new Jpeg(),
                    "image/png", new Png(),
                    "image/gif", new Gif(),
                    "image/webp", new Webp());

    private static final Map<String, String> DECODERS =
            Map.of("image/jpeg", "jpeg", "image/png", "png", "image/gif", "gif");

    static {
        // Decoders and encoders ask ImageIO for streams, which it would keep in files of its own,
        // in whatever folder the JVM has for such: that would be full, or away, and the image would
        // seem to be broken.
        ImageIO.setUseCache(false);
    }

    private final long mostPixels;

    /// An image that is as it should be.
    ///
    /// @param image a copy without what is not shown
    /// @param thumbnail null, as is the preview: it has none
    public record Picture(
            Path image, @Nullable Path thumbnail, Size size, @Nullable Preview preview) {}

    public Images(int mostMegapixels) {
        this.mostPixels = (long) mostMegapixels * MILLION;
    }

    /// Whether it is a type of image that can be examined.
    public static boolean known(String type) {
        return FORMATS.containsKey(type);
    }

    /// Examines an image of a known type.
    ///
    /// @param folder for the files of the picture
    /// @throws UnfitImageException if it is broken or too large
    public Picture examine(String type, InputStream in, WorkFolder folder) throws IOException {
        ImageFormat format = FORMATS.get(type);
        if (format == null) {
            throw new IllegalArgumentException(type);
        }
        Path copy = folder.resolve("image");
        Traits traits;
        try (ImageSink out = new ImageSink(folder, copy)) {
            traits = format.copy(new ImageSource(in), out);
        }
        String decoder = DECODERS.get(type);
        if (decoder == null) {
            Size size = traits.size();
            if (size == null) {
                throw new IllegalStateException(type + " is neither measured nor decoded");
            }
            checkSize(size);
            return new Picture(copy, null, size, null);
        }
        Small small = small(decoder, copy, traits);
        Path thumbnail = folder.resolve("thumbnail");
        try (OutputStream out = folder.write(thumbnail)) {
            out.write(small.encoded());
        }
        return new Picture(copy, thumbnail, small.whole(), small.preview());
    }

    /// How an image looks in small.
    ///
    /// @param whole its size when it is not
    private record Small(byte[] encoded, Size whole, Preview preview) {}

    /// Writes no file, so what goes wrong once the copy is open is the image's fault.
    private Small small(String decoder, Path copy, Traits traits) throws IOException {
        try (ImageInputStream in = new FileImageInputStream(copy.toFile())) {
            try {
                return decoded(decoder, in, traits);
            } catch (UnfitImageException unfit) {
                throw unfit;
            } catch (IOException | RuntimeException e) {
                // Decoders say in many ways that they cannot.
                throw ImageSource.broken("it cannot be decoded");
            }
        }
    }

    private Small decoded(String decoder, ImageInputStream in, Traits traits) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName(decoder).next();
        try {
            reader.setInput(in, false, true);
            Size stored = new Size(reader.getWidth(0), reader.getHeight(0));
            checkSize(stored);
            ImageReadParam strides = reader.getDefaultReadParam();
            int stride =
                    Math.max(1, Math.max(stored.width(), stored.height()) / (2 * THUMBNAIL_PIXELS));
            strides.setSourceSubsampling(stride, stride, 0, 0);
            BufferedImage upright = Turning.upright(reader.read(0, strides), traits.orientation());
            BufferedImage small = scaled(upright);
            Preview preview =
                    new Preview(Blurhash.of(small), new Size(small.getWidth(), small.getHeight()));
            ByteArrayOutputStream encoded = new ByteArrayOutputStream();
            Thumbnails.of(small)
                    .scale(1)
                    .outputFormat(decoder.equals("jpeg") ? decoder : "png")
                    .outputQuality(QUALITY)
                    .toOutputStream(encoded);
            return new Small(encoded.toByteArray(), traits.turned(stored), preview);
        } finally {
            reader.dispose();
        }
    }

    private static BufferedImage scaled(BufferedImage image) throws IOException {
        boolean fits =
                image.getWidth() <= THUMBNAIL_PIXELS && image.getHeight() <= THUMBNAIL_PIXELS;
        return fits
                ? image
                : Thumbnails.of(image).size(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS).asBufferedImage();
    }

    private void checkSize(Size size) throws UnfitImageException {
        if (size.width() < 1 || size.height() < 1) {
            throw ImageSource.broken("it has no size");
        }
        if ((long) size.width() * size.height() > mostPixels
                || Math.max(size.width(), size.height()) > MOST_SIDE_PIXELS) {
            throw new UnfitImageException(
                    "the image has more than %,d pixels, or more than %,d in a row"
                            .formatted(mostPixels, MOST_SIDE_PIXELS));
        }
    }
}
