package dev.bocau.gateway.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.gateway.StreamReaderContract;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.SendMessage;
import dev.bocau.testing.Pieces;
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

    /// Stands for what no frame is.
    private static final ClientFrame SIGN_OF_LIFE = ClientFrame.getDefaultInstance();

    @Override
    protected Pieces<FrameReader.Sink> pieces() {
        return TcpFuzz.pieces(MAX_BYTES);
    }

    @Override
    protected byte[] conversation() throws IOException {
        return conversation(message("one"), SIGN_OF_LIFE, message("x".repeat(200)), SIGN_OF_LIFE);
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

    private static byte[] conversation(ClientFrame... frames) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(FrameReader.VERSION);
        for (ClientFrame frame : frames) {
            out.writeBytes(frame.equals(SIGN_OF_LIFE) ? new byte[1] : frame.toByteArray());
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
    @CsvSource({
        "00, version 0 is not spoken here",
        "47455420, version 71 is not spoken here",
        "160301, version 22 is not spoken here",
        "0104, no frame begins with 4",
        "01ff01, no frame begins with 255",
        "018000, a number has a shorter form",
        "0112ff8000, a number has a shorter form",
        "018080808080, a number has no end",
        "01128080808080, a number has no end",
    })
    void violation_is_told(String hex, String why) {
        assertThat(pieces().whole(HexFormat.of().parseHex(hex)))
                .last()
                .isEqualTo("refused: " + why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0112eda204", "0112ffffffff0f"})
    void frame_that_is_too_long_is_refused_by_its_length(String hex) {
        assertThat(pieces().whole(HexFormat.of().parseHex(hex)))
                .last()
                .isEqualTo("refused: too long");
    }
}
