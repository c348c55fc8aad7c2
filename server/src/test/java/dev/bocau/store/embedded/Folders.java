package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.ReadTime;
import dev.bocau.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Opens embedded stores for tests.
public final class Folders {
    private static final AtomicLong SEEDS = new AtomicLong(1);

    private Folders() {}

    public static Store open(Path folder, Limits limits, InstantSource clock) {
        return open(folder, limits, ReadTime.EARLIEST_READ_WINS, clock);
    }

    public static EmbeddedStore open(
            Path folder, Limits limits, ReadTime readTime, InstantSource clock) {
        return EmbeddedStore.open(
                folder,
                limits,
                readTime,
                clock,
                new SplittableRandom(SEEDS.getAndIncrement()),
                new SimpleMeterRegistry());
    }
}
