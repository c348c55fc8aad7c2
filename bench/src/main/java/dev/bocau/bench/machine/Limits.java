package dev.bocau.bench.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// What this machine can do at the moment: other guests of its host change it from minute to
/// minute.
public record Limits(Fdatasync sync, Loopback loopback, NettyEcho echo) {
    private static final Duration TIME = Duration.ofSeconds(1);
    private static final int CONNECTIONS = 64;

    /// As at 150 sends a second.
    private static final Duration NOW_AND_THEN = Duration.ofMillis(6);

    /// Takes some seconds.
    ///
    /// @param folder on the disk that counts
    public static Limits measure(Path folder) throws IOException {
        return new Limits(
                Fdatasync.measure(folder, TIME, NOW_AND_THEN),
                Loopback.measure(TIME, NOW_AND_THEN),
                NettyEcho.measure(CONNECTIONS, TIME));
    }
}
