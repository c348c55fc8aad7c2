package dev.bocau.gateway.longpoll;

import dev.bocau.frame.WireFormat;
import java.util.Objects;
import java.util.Optional;

/// The body of a request that posts frames: it is cut into frames, which are not longer together,
/// and each of them is read or refused.
public final class LongPollFuzz {
    private LongPollFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        for (WireFormat format : WireFormat.values()) {
            Batch batch = new Batch(format, input);
            int bytes = 0;
            int frames = 0;
            for (Optional<byte[]> next = batch.next(); next.isPresent(); next = batch.next()) {
                bytes += next.get().length;
                frames++;
                Objects.requireNonNull(format.read(next.get()));
            }
            if (bytes > input.length || frames > input.length) {
                throw new AssertionError(
                        "%s: %d bytes in %d frames of %d bytes"
                                .formatted(format, bytes, frames, input.length));
            }
        }
    }
}
