package dev.bocau.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.gateway.websocket.WebSocketFuzz;
import dev.bocau.testing.Pieces;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Against the frames that Netty's encoder makes for a client.
class MessageReaderTest extends StreamReaderContract<MessageReader.Sink> {
    private static final int MAX_BYTES = 70_000;
    private static final String TOO_LONG = "refused: too long";
    private static final Charset ISO = StandardCharsets.ISO_8859_1;

    @Override
    protected Pieces<MessageReader.Sink> pieces() {
        return WebSocketFuzz.pieces(MAX_BYTES);
    }

    @Override
    protected byte[] conversation() {
        return encoded(
                new BinaryWebSocketFrame(Unpooled.copiedBuffer("one", ISO)),
                new BinaryWebSocketFrame(false, 0, Unpooled.copiedBuffer("two, ", ISO)),
                new PingWebSocketFrame(Unpooled.copiedBuffer("ping", ISO)),
                new ContinuationWebSocketFrame(true, 0, content(new Random(1), 200)));
    }

    @Override
    protected List<String> said() {
        return List.of("2:one", "9:ping", "2:two, " + content(new Random(1), 200).toString(ISO));
    }

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

    private static ByteBuf content(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 7, 8, 12, 125, 126, 127, 0xffff, 0x10000, MAX_BYTES})
    void message_of_any_length_is_read(int length) {
        ByteBuf content = content(new Random(length), length);
        String expected = "2:" + content.toString(ISO);
        byte[] frame = encoded(new BinaryWebSocketFrame(content));

        assertThat(pieces().whole(frame)).containsExactly(expected);
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

        assertThat(pieces().whole(bytes).getLast())
                .as(why)
                .startsWith("refused: ")
                .isNotEqualTo(TOO_LONG);
    }

    @Test
    void frame_that_is_too_long_is_refused_by_its_header() {
        byte[] header = HexFormat.of().parseHex("82ff0000000000011171");

        assertThat(pieces().whole(header)).containsExactly(TOO_LONG);
    }

    @Test
    void pieces_that_are_too_long_together_are_refused() {
        byte[] pieces =
                encoded(
                        new BinaryWebSocketFrame(false, 0, content(new Random(2), MAX_BYTES)),
                        new ContinuationWebSocketFrame(true, 0, content(new Random(3), 1)));

        assertThat(pieces().whole(pieces)).containsExactly(TOO_LONG);
    }
}
