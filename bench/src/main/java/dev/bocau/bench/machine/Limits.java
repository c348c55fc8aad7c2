package dev.bocau.bench.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// What this machine can do at the moment: other guests of its host change it from minute to
/// minute.
public record Limits(Fdatasync sync, Loopback loopback, NettyEcho echo) {
    private static final Duration TIME = Duration.ofSeconds(1);
    private static final int CONNECTIONS = 64;

    /// Takes some seconds.
    ///
    /// @param folder on the disk that counts
    public static Limits measure(Path folder) throws IOException {
        return new Limits(
                Fdatasync.measure(folder, TIME),
                Loopback.measure(TIME),
                NettyEcho.measure(CONNECTIONS, TIME));
    }
}
