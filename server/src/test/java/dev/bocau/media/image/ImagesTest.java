package dev.bocau.media.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bocau.media.disk.Room;
import dev.bocau.media.disk.WorkFolder;
import dev.bocau.media.image.Images.Picture;
import dev.bocau.model.Media.Preview;
import dev.bocau.model.Media.Size;
import dev.bocau.testing.TestImages;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Images, whole and broken, as they come from cameras, programs and attackers.
@org.jspecify.annotations.NullUnmarked
class ImagesTest {
    private static final Images IMAGES = new Images(50);

    @TempDir private Path folder;

    private Picture examine(String type, byte[] content) throws IOException {
        return IMAGES.examine(
                type, new ByteArrayInputStream(content), new WorkFolder(folder, new Room(0)));
    }

    private static Preview preview(Picture picture) {
        return Objects.requireNonNull(picture.preview());
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif"})
    void copy_shows_the_same_and_has_a_thumbnail(String format) throws IOException {
        byte[] content = TestImages.image(format, 1_000, 500);

        Picture picture = examine("image/" + format, content);

        assertThat(picture.size()).isEqualTo(new Size(1_000, 500));
        assertThat(preview(picture).thumbnail()).isEqualTo(new Size(480, 240));
        BufferedImage before = ImageIO.read(new ByteArrayInputStream(content));
        BufferedImage after = ImageIO.read(picture.image().toFile());
        for (int i = 0; i < 500; i += 7) {
            assertThat(after.getRGB(2 * i, i)).isEqualTo(before.getRGB(2 * i, i));
        }
        assertThat(ImageIO.read(picture.thumbnail().toFile()).getWidth()).isEqualTo(480);
    }

    @Test
    void small_image_is_its_own_thumbnail_and_its_blurhash_is_known() throws IOException {
        Picture picture = examine("image/png", TestImages.image("png", 32, 32));

        assertThat(preview(picture).thumbnail()).isEqualTo(new Size(32, 32));
        assertThat(preview(picture).blurhash()).hasSize(28).startsWith("L");
        Picture again = examine("image/png", TestImages.image("png", 32, 32));
        assertThat(preview(again)).isEqualTo(preview(picture));
    }

    @ParameterizedTest
    @CsvSource({
        "1,R,600", "2,B,600", "3,B,600", "4,R,600", "5,R,400", "6,R,400", "7,B,400", "8,B,400"
    })
    void thumbnail_stands_upright(int orientation, String first, int width) throws IOException {
        Picture picture = examine("image/jpeg", TestImages.photo(600, 400, orientation));

        assertThat(picture.size().width()).isEqualTo(width);
        BufferedImage small = ImageIO.read(picture.thumbnail().toFile());
        // What was at the left in the file, red, is now here.
        boolean sideways = orientation >= 5;
        boolean darkFirst =
                orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int across = (sideways ? small.getWidth() : small.getHeight()) * (darkFirst ? 9 : 1) / 10;
        int rgb = sideways ? small.getRGB(across, 5) : small.getRGB(5, across);
        assertThat((rgb >> 16) & 0xff)
                .isBetween(first.equals("R") ? 180 : 0, first.equals("R") ? 255 : 60);
    }

    @Test
    void nothing_is_kept_that_is_not_shown() throws IOException {
        byte[] png = TestImages.image("png", 60, 40);
        byte[] secret = "the place".getBytes(StandardCharsets.US_ASCII);
        byte[] talkative =
                TestImages.join(
                        Arrays.copyOf(png, 33),
                        TestImages.chunk("tEXt", secret),
                        TestImages.chunk("eXIf", secret),
                        TestImages.chunk("zzZz", secret),
                        Arrays.copyOfRange(png, 33, png.length),
                        "<script>the place</script>".getBytes(StandardCharsets.US_ASCII));

        assertThat(Files.readAllBytes(examine("image/png", talkative).image())).isEqualTo(png);
        byte[] gif = TestImages.image("gif", 60, 40);
        byte[] comment = {0x21, (byte) 0xfe, 9, 't', 'h', 'e', ' ', 'p', 'l', 'a', 'c', 'e', 0};
        byte[] chatty =
                TestImages.join(
                        Arrays.copyOf(gif, gif.length - 1), comment, new byte[] {0x3b}, secret);
        assertThat(Files.readAllBytes(examine("image/gif", chatty).image())).isEqualTo(gif);
        byte[] jpeg = TestImages.photo(60, 40, 1);
        assertThat(Files.readAllBytes(examine("image/jpeg", jpeg).image()))
                .isEqualTo(TestImages.image("jpeg", 60, 40));
    }

    private static byte[] riff(byte[]... chunks) {
        byte[] body = TestImages.join(chunks);
        return TestImages.join(
                "RIFF".getBytes(StandardCharsets.US_ASCII),
                little(body.length + 4),
                "WEBP".getBytes(StandardCharsets.US_ASCII),
                body);
    }

    private static byte[] little(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    private static byte[] webpChunk(String type, byte[] content) {
        return TestImages.join(
                type.getBytes(StandardCharsets.US_ASCII),
                little(content.length),
                content,
                new byte[content.length & 1]);
    }

    @Test
    void webp_is_measured_and_loses_what_is_not_shown() throws IOException {
        byte[] extended = {0x0c, 0, 0, 0, 99, 0, 0, 49, 0, 0};
        byte[] lossy = {0, 0, 0, (byte) 0x9d, 1, 0x2a, 100, 0, 50, 0, 7};

        Picture picture =
                examine(
                        "image/webp",
                        riff(
                                webpChunk("VP8X", extended),
                                webpChunk("VP8 ", lossy),
                                webpChunk(
                                        "EXIF", "the place".getBytes(StandardCharsets.US_ASCII))));

        extended[0] = 0;
        assertThat(Files.readAllBytes(picture.image()))
                .isEqualTo(riff(webpChunk("VP8X", extended), webpChunk("VP8 ", lossy)));
        assertThat(picture.size()).isEqualTo(new Size(100, 50));
        assertThat(picture.preview()).isNull();
        assertThatThrownBy(() -> examine("image/webp", riff()))
                .isInstanceOf(UnfitImageException.class);
    }

    @Test
    void image_with_too_many_pixels_is_refused_before_it_is_decoded() {
        assertThatThrownBy(() -> examine("image/png", TestImages.bomb(30_000, 30_000)))
                .isInstanceOf(UnfitImageException.class)
                .hasMessageContaining("50,000,000");
        assertThatThrownBy(() -> examine("image/png", TestImages.bomb(Integer.MAX_VALUE, 1)))
                .isInstanceOf(UnfitImageException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif"})
    void image_is_not_to_blame_for_a_thumbnail_that_cannot_be_written(String format)
            throws IOException {
        Files.createDirectory(folder.resolve("thumbnail"));

        assertThatThrownBy(() -> examine("image/" + format, TestImages.image(format, 60, 40)))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(UnfitImageException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif"})
    void files_of_an_image_lie_in_its_folder_only(String format, @TempDir Path other)
            throws IOException {
        byte[] content = TestImages.image(format, 60, 40);
        Path gone = Files.createDirectory(other.resolve("gone"));
        ImageIO.setCacheDirectory(gone.toFile());
        try {
            Files.delete(gone);

            assertThat(examine("image/" + format, content).size()).isEqualTo(new Size(60, 40));
        } finally {
            ImageIO.setCacheDirectory(null);
        }
    }

    /// Whatever is wrong with it is said in one way, and nothing hangs.
    @RepeatedTest(60)
    void damaged_image_is_refused_or_shown(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        String format = new String[] {"jpeg", "png", "gif"}[random.nextInt(3)];
        byte[] content = TestImages.image(format, 200, 100);
        for (int i = random.nextInt(5); i >= 0; i--) {
            content[random.nextInt(content.length)] = (byte) random.nextInt();
        }
        int length = random.nextBoolean() ? content.length : random.nextInt(content.length);
        try {
            assertThat(examine("image/" + format, Arrays.copyOf(content, length)).size())
                    .isNotNull();
        } catch (UnfitImageException refused) {
            assertThat(refused).hasMessageContaining("the image");
        } catch (IOException other) {
            throw new AssertionError(other);
        }
    }
}
