package dev.bocau.gateway.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bocau.gateway.StreamReader;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.SendMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Against what protobuf's own writer makes of frames.
class FrameReaderTest {
    private static final int MAX_BYTES = 70_000;

    private final List<String> heard = new ArrayList<>();
    private FrameReader reader = new FrameReader(MAX_BYTES);
    private final FrameReader.Sink sink =
            new FrameReader.Sink() {
                @Override
                public void frame(byte[] bytes) {
                    heard.add(new String(bytes, StandardCharsets.ISO_8859_1));
                }

                @Override
                public void signOfLife() {
                    heard.add("");
                }
            };

    private static ClientFrame message(String content) {
        return ClientFrame.newBuilder()
                .setSendMessage(SendMessage.newBuilder().setContent(content))
                .build();
    }

    /// An empty frame is a sign of life.
    private static byte[] conversation(ClientFrame... frames) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(FrameReader.VERSION);
        for (ClientFrame frame : frames) {
            frame.writeDelimitedTo(out);
        }
        return out.toByteArray();
    }

    private void read(byte[] bytes, int from, int to) throws Exception {
        ByteBuf piece = Unpooled.buffer().writeBytes(bytes, from, to - from);
        try {
            reader.read(piece, sink);
        } finally {
            assertThat(piece.refCnt()).isZero();
        }
    }

    private void again() {
        reader.close();
        reader = new FrameReader(MAX_BYTES);
        heard.clear();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 123, 124, 126, 127, 128, 129, 16_383, 16_384, 65_000})
    void frame_of_any_length_is_read(int length) throws Exception {
        ClientFrame frame = message("x".repeat(length));
        byte[] bytes = conversation(frame);

        read(bytes, 0, bytes.length);

        assertThat(heard)
                .containsExactly(new String(frame.toByteArray(), StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 70_000, 2_097_152, Integer.MAX_VALUE})
    void length_is_written_as_it_is_read(int length) throws Exception {
        ByteBuf out = Unpooled.buffer();
        FrameReader.writeLength(out, length);
        assertThat(out.readableBytes()).isLessThanOrEqualTo(FrameReader.MAX_LENGTH_BYTES);
        FrameReader unbounded = new FrameReader(Integer.MAX_VALUE);
        ByteBuf in = Unpooled.buffer().writeByte(FrameReader.VERSION).writeBytes(out);

        unbounded.read(in, sink);

        assertThat(heard).hasSize(length == 0 ? 1 : 0);
        unbounded.close();
    }

    @Test
    void cut_anywhere_the_same_is_read() throws Exception {
        byte[] bytes =
                conversation(
                        message("one"),
                        ClientFrame.getDefaultInstance(),
                        message("x".repeat(200)),
                        ClientFrame.getDefaultInstance());
        read(bytes, 0, bytes.length);
        List<String> whole = List.copyOf(heard);
        assertThat(whole).hasSize(4).element(1).isEqualTo("");

        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second += 3) {
                again();
                read(bytes, 0, first);
                read(bytes, first, second);
                read(bytes, second, bytes.length);
                assertThat(heard).as("cut at %d and %d", first, second).isEqualTo(whole);
            }
        }
        again();
        for (int i = 0; i < bytes.length; i++) {
            read(bytes, i, i + 1);
        }
        assertThat(heard).isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource({
        "00, version 0 is not spoken here",
        "47455420, version 71 is not spoken here",
        "160301, version 22 is not spoken here",
        "018000, the length has a shorter form",
        "01ff8000, the length has a shorter form",
        "018080808080, the length has no end",
    })
    void violation_is_told(String hex, String why) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThatThrownBy(() -> read(bytes, 0, bytes.length))
                .isInstanceOf(StreamReader.Violation.class)
                .hasMessage(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01f1a204", "01ffffffff0f", "01ffffffff"})
    void frame_that_is_too_long_is_refused_by_its_length(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThatThrownBy(() -> read(bytes, 0, bytes.length))
                .isInstanceOf(StreamReader.TooLong.class);
    }

    @Test
    void noise_is_read_or_refused() throws Exception {
        byte[] bytes =
                conversation(
                        message("x".repeat(300)),
                        ClientFrame.getDefaultInstance(),
                        message("y".repeat(20)),
                        message("z"));
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] noisy = bytes.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                noisy[random.nextInt(random.nextBoolean() ? 8 : noisy.length)] =
                        (byte) random.nextInt();
            }
            FrameReaderFuzz.fuzzerTestOneInput(noisy);
            again();
            int cut = random.nextInt(noisy.length);
            try {
                read(noisy, 0, cut);
                read(noisy, cut, noisy.length);
                assertThat(heard.stream().mapToInt(String::length).sum()).isLessThan(noisy.length);
            } catch (StreamReader.Violation | StreamReader.TooLong refused) {
                assertThat(refused).hasMessageMatching("[a-z0-9 ]+");
            }
        }
        reader.close();
    }
}
