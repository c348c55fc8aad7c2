package dev.bocau.gateway.tcp;

import dev.bocau.frame.WireFormat;
import dev.bocau.testing.Pieces;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Bytes of a client of TCP: whatever comes is read or refused, and it does not matter how it is
/// cut.
public final class TcpFuzz {
    private static final int MAX_BYTES = 4_096;

    private TcpFuzz() {}

    /// What a reader is told, each frame by its bytes.
    static Pieces<FrameReader.Sink> pieces(int maxBytes) {
        return new Pieces<>(() -> new FrameReader(maxBytes), Noted::new);
    }

    private record Noted(List<String> heard) implements FrameReader.Sink {
        @Override
        public void frame(byte[] bytes) {
            heard.add(new String(bytes, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void signOfLife() {
            heard.add("");
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
        for (String frame : whole) {
            Objects.requireNonNull(
                    WireFormat.PROTO.read(frame.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }
}
