package dev.bocau.gateway.tcp;

import dev.bocau.frame.Incoming;
import dev.bocau.frame.WireFormat;
import dev.bocau.gateway.StreamReader;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Bytes of a client, as a fuzzer likes them: whatever comes is read or refused, and it does not
/// matter how it is cut. `./bocau fuzz` runs it with Jazzer, {@link FrameReaderTest} with seeds.
public final class FrameReaderFuzz {
    private static final int MAX_BYTES = 4_096;

    private FrameReaderFuzz() {}

    /// What was made of some bytes.
    private static final class Heard implements FrameReader.Sink {
        private final List<Incoming> frames = new ArrayList<>();
        private int signsOfLife;
        private String end = "";

        @Override
        public void frame(byte[] bytes) {
            frames.add(Objects.requireNonNull(WireFormat.PROTO.read(bytes)));
        }

        @Override
        public void signOfLife() {
            signsOfLife++;
        }

        /// @param step bytes that come at a time
        static Heard of(byte[] bytes, int step) {
            Heard heard = new Heard();
            FrameReader reader = new FrameReader(MAX_BYTES);
            try {
                for (int at = 0; at < bytes.length; at += step) {
                    int length = Math.min(step, bytes.length - at);
                    reader.read(Unpooled.copiedBuffer(bytes, at, length), heard);
                }
            } catch (StreamReader.Violation | StreamReader.TooLong refused) {
                heard.end = String.valueOf(refused.getMessage());
            } finally {
                reader.close();
            }
            return heard;
        }

        String told() {
            return "%d frames, %d signs of life, %s".formatted(frames.size(), signsOfLife, end);
        }
    }

    /// What Jazzer calls.
    ///
    /// @param input how it is cut, and then the bytes
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        String whole = Heard.of(bytes, bytes.length + 1).told();
        String cut = Heard.of(bytes, 1 + (input[0] & 0xff)).told();
        if (!whole.equals(cut)) {
            throw new AssertionError("whole: %s; cut: %s".formatted(whole, cut));
        }
    }
}
