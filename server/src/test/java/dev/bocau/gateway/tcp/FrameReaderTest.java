package dev.bocau.gateway.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.gateway.StreamReaderContract;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.SendMessage;
import dev.bocau.testing.Pieces;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Against what protobuf's own writer makes of frames.
class FrameReaderTest extends StreamReaderContract<FrameReader.Sink> {
    private static final int MAX_BYTES = 70_000;

    @Override
    protected Pieces<FrameReader.Sink> pieces() {
        return TcpFuzz.pieces(MAX_BYTES);
    }

    @Override
    protected byte[] conversation() throws IOException {
        return conversation(
                message("one"),
                ClientFrame.getDefaultInstance(),
                message("x".repeat(200)),
                ClientFrame.getDefaultInstance());
    }

    @Override
    protected List<String> said() {
        return List.of(text(message("one")), "", text(message("x".repeat(200))), "");
    }

    private static String text(ClientFrame frame) {
        return new String(frame.toByteArray(), StandardCharsets.ISO_8859_1);
    }

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

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 123, 124, 126, 127, 128, 129, 16_383, 16_384, 65_000})
    void frame_of_any_length_is_read(int length) throws Exception {
        ClientFrame frame = message("x".repeat(length));

        assertThat(pieces().whole(conversation(frame))).containsExactly(text(frame));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 70_000, 2_097_152, Integer.MAX_VALUE})
    void length_is_written_as_it_is_read(int length) {
        ByteBuf out = Unpooled.buffer();
        FrameReader.writeLength(out, length);
        assertThat(out.readableBytes()).isLessThanOrEqualTo(FrameReader.MAX_LENGTH_BYTES);
        byte[] in = new byte[1 + out.readableBytes()];
        in[0] = FrameReader.VERSION;
        out.readBytes(in, 1, in.length - 1);

        assertThat(TcpFuzz.pieces(Integer.MAX_VALUE).whole(in)).hasSize(length == 0 ? 1 : 0);
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
        assertThat(pieces().whole(HexFormat.of().parseHex(hex)))
                .last()
                .isEqualTo("refused: " + why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01f1a204", "01ffffffff0f", "01ffffffff"})
    void frame_that_is_too_long_is_refused_by_its_length(String hex) {
        assertThat(pieces().whole(HexFormat.of().parseHex(hex)))
                .last()
                .isEqualTo("refused: too long");
    }
}
