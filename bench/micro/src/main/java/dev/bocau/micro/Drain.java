package dev.bocau.micro;

import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Track;
import dev.bocau.store.LogRead;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// An entry of a log that a device is behind by 5,000, read in pages as for a session.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Drain {
    private static final int BEHIND = 5_000;
    private static final Set<Track> TRACKS = EnumSet.allOf(Track.class);

    private House house;
    private Cursor start;

    @Setup
    public void fill() throws IOException {
        house = new House(2);
        start = house.log().head(House.user(1));
        CompletableFuture<?>[] sent = new CompletableFuture<?>[BEHIND];
        for (int i = 0; i < BEHIND; i++) {
            sent[i] = house.store().send(house.draft());
        }
        CompletableFuture.allOf(sent).join();
    }

    @Benchmark
    @OperationsPerInvocation(BEHIND)
    public int entry() {
        int entries = 0;
        Cursor at = start;
        boolean more = true;
        while (more) {
            LogRead.Page page =
                    (LogRead.Page) house.log().read(House.user(1), at, TRACKS, Integer.MAX_VALUE);
            entries += page.entries().size();
            at = page.next();
            more = page.more();
        }
        if (entries != BEHIND) {
            throw new IllegalStateException(entries + " entries");
        }
        return entries;
    }

    @TearDown
    public void close() throws IOException {
        house.close();
    }
}
