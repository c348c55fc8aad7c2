package dev.bocau.bench.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/// How often this disk confirms 4 KiB appended to a file, one after the other: what a server that
/// synced every message by itself could reach. Now and then it takes longer, as processors that
/// have slept have to wake.
///
/// @param seldomNs median where it is asked only now and then
public record Fdatasync(double perSecond, long p50Ns, long seldomNs) {
    private static final int BYTES = 4_096;

    static Fdatasync measure(Path folder, Duration time, Duration nowAndThen) throws IOException {
        Path file = Files.createTempFile(folder, "fdatasync", "");
        ByteBuffer block = ByteBuffer.allocateDirect(BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            Laps.Lap append =
                    () -> {
                        channel.write(block.rewind());
                        channel.force(false);
                    };
            Histogram often = Laps.of(append, time, Duration.ZERO);
            Histogram seldom = Laps.of(append, time, nowAndThen);
            return new Fdatasync(
                    Laps.perSecond(often, time), Laps.medianNs(often), Laps.medianNs(seldom));
        } finally {
            Files.delete(file);
        }
    }
}
