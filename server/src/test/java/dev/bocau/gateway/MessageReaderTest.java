package dev.bocau.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Against the frames that Netty's encoder makes for a client.
class MessageReaderTest {
    private static final int MAX_BYTES = 70_000;
    private static final Charset ISO = StandardCharsets.ISO_8859_1;

    private final List<String> heard = new ArrayList<>();
    private final MessageReader reader = new MessageReader(MAX_BYTES);
    private final MessageReader.Sink sink =
            new MessageReader.Sink() {
                @Override
                public void message(int opcode, byte[] bytes) {
                    heard.add(opcode + ":" + new String(bytes, ISO));
                }

                @Override
                public void control(int opcode, byte[] bytes) {
                    message(opcode, bytes);
                }
            };

    private static byte[] encoded(WebSocketFrame... frames) {
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocket13FrameEncoder(true));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (WebSocketFrame frame : frames) {
            channel.writeOutbound(frame);
            for (ByteBuf part = channel.readOutbound();
                    part != null;
                    part = channel.readOutbound()) {
                byte[] bytes = new byte[part.readableBytes()];
                part.readBytes(bytes).release();
                out.writeBytes(bytes);
            }
        }
        channel.finishAndReleaseAll();
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

    private static ByteBuf content(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 7, 8, 12, 125, 126, 127, 0xffff, 0x10000, MAX_BYTES})
    void message_of_any_length_is_read(int length) throws Exception {
        ByteBuf content = content(new Random(length), length);
        String expected = "2:" + content.toString(ISO);
        byte[] frame = encoded(new BinaryWebSocketFrame(content));

        read(frame, 0, frame.length);

        assertThat(heard).containsExactly(expected);
    }

    @Test
    void cut_anywhere_the_same_is_read() throws Exception {
        byte[] conversation =
                encoded(
                        new BinaryWebSocketFrame(Unpooled.copiedBuffer("one", ISO)),
                        new BinaryWebSocketFrame(false, 0, Unpooled.copiedBuffer("two, ", ISO)),
                        new PingWebSocketFrame(Unpooled.copiedBuffer("ping", ISO)),
                        new ContinuationWebSocketFrame(true, 0, content(new Random(1), 200)));
        read(conversation, 0, conversation.length);
        List<String> whole = List.copyOf(heard);
        assertThat(whole).hasSize(3).startsWith("2:one", "9:ping");

        for (int first = 0; first <= conversation.length; first++) {
            for (int second = first; second <= conversation.length; second += 7) {
                heard.clear();
                read(conversation, 0, first);
                read(conversation, first, second);
                read(conversation, second, conversation.length);
                assertThat(heard).as("cut at %d and %d", first, second).isEqualTo(whole);
            }
        }
        heard.clear();
        for (int i = 0; i < conversation.length; i++) {
            read(conversation, i, i + 1);
        }
        assertThat(heard).isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource({
        "c1 80 00000000, a reserved bit",
        "81 00, not masked",
        "83 80 00000000, an opcode that is none",
        "8b 80 00000000, a control opcode that is none",
        "80 80 00000000, a continuation of nothing",
        "01 80 00000000 81 80 00000000, a message within a message",
        "09 80 00000000, a ping in pieces",
        "89 fe 0080 00000000, a long ping",
        "81 fe 007d 00000000, a length with a shorter form",
        "81 ff 000000000000ffff 00000000, a length with a shorter form",
        "81 ff ffffffffffffffff 00000000, a negative length",
    })
    void violation_is_told(String hex, String why) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));

        assertThatThrownBy(() -> read(bytes, 0, bytes.length))
                .as(why)
                .isInstanceOf(StreamReader.Violation.class);
    }

    @Test
    void frame_that_is_too_long_is_refused_by_its_header() {
        byte[] header = HexFormat.of().parseHex("82ff0000000000011171");

        assertThatThrownBy(() -> read(header, 0, header.length))
                .isInstanceOf(StreamReader.TooLong.class);
    }

    @Test
    void pieces_that_are_too_long_together_are_refused() throws Exception {
        byte[] half =
                encoded(new BinaryWebSocketFrame(false, 0, content(new Random(2), MAX_BYTES)));
        byte[] more = encoded(new ContinuationWebSocketFrame(true, 0, content(new Random(3), 1)));
        read(half, 0, half.length);

        assertThatThrownBy(() -> read(more, 0, more.length))
                .isInstanceOf(StreamReader.TooLong.class);
    }

    @Test
    void noise_is_read_or_refused() throws Exception {
        byte[] frames =
                encoded(
                        new BinaryWebSocketFrame(content(new Random(4), 300)),
                        new PingWebSocketFrame(content(new Random(5), 20)),
                        new BinaryWebSocketFrame(content(new Random(6), 10)));
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] noisy = frames.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                noisy[random.nextInt(random.nextBoolean() ? 8 : noisy.length)] =
                        (byte) random.nextInt();
            }
            MessageReader each = new MessageReader(MAX_BYTES);
            int cut = random.nextInt(noisy.length);
            try {
                each.read(Unpooled.copiedBuffer(noisy, 0, cut), sink);
                each.read(Unpooled.copiedBuffer(noisy, cut, noisy.length - cut), sink);
            } catch (StreamReader.Violation | StreamReader.TooLong refused) {
                assertThat(refused).hasMessageMatching("[a-z0-9 ]+");
            } finally {
                each.close();
                heard.clear();
            }
        }
    }
}
