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
/// synced every message by itself could reach.
public record Fdatasync(double perSecond, long p50Ns, long p99Ns) {
    private static final int BYTES = 4_096;

    public static Fdatasync measure(Path folder, Duration time) throws IOException {
        Path file = Files.createTempFile(folder, "fdatasync", "");
        Histogram latency = new Histogram(3);
        ByteBuffer block = ByteBuffer.allocateDirect(BYTES);
        long start = System.nanoTime();
        long end = start + time.toNanos();
        long now = start;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            while (now < end) {
                channel.write(block.rewind());
                channel.force(false);
                long done = System.nanoTime();
                latency.recordValue(done - now);
                now = done;
            }
        } finally {
            Files.delete(file);
        }
        return new Fdatasync(
                latency.getTotalCount() * 1e9 / (now - start),
                latency.getValueAtPercentile(50),
                latency.getValueAtPercentile(99));
    }
}
