package dev.bocau.gateway.websocket;

import dev.bocau.gateway.MessageReader;
import dev.bocau.testing.Pieces;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Bytes of a client of WebSocket after the handshake: messages are read or refused, and it does
/// not matter how they are cut.
public final class WebSocketFuzz {
    private static final int MAX_BYTES = 4_096;

    private WebSocketFuzz() {}

    /// What a reader is told, each message by its opcode and its bytes.
    public static Pieces<MessageReader.Sink> pieces(int maxBytes) {
        return new Pieces<>(() -> new MessageReader(maxBytes), Noted::new);
    }

    private record Noted(List<String> heard) implements MessageReader.Sink {
        @Override
        public void message(int opcode, byte[] bytes) {
            heard.add(opcode + ":" + new String(bytes, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void control(int opcode, byte[] bytes) {
            message(opcode, bytes);
        }
    }

    /// One conversation.
    ///
    /// @param input how it is cut, and then the bytes
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        List<String> whole = pieces(MAX_BYTES).whole(bytes);
        List<String> cut = pieces(MAX_BYTES).every(bytes, 1 + (input[0] & 0xff));
        if (!whole.equals(cut)) {
            throw new AssertionError("whole: %s; cut: %s".formatted(whole, cut));
        }
    }
}
