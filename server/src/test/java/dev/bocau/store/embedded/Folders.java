package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.ReadTime;
import dev.bocau.store.Store;
import dev.bocau.testing.ManualTime;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Opens embedded stores for tests.
public final class Folders {
    private static final AtomicLong SEEDS = new AtomicLong(1);

    private Folders() {}

    public static Store open(Path folder, Limits limits, ManualTime time) {
        return open(folder, limits, ReadTime.EARLIEST_READ_WINS, time);
    }

    public static EmbeddedStore open(
            Path folder, Limits limits, ReadTime readTime, ManualTime time) {
        return EmbeddedStore.open(
                folder, context(limits, readTime, time, new SimpleMeterRegistry()));
    }

    static StoreContext context(
            Limits limits, ReadTime readTime, ManualTime time, MeterRegistry metrics) {
        return new StoreContext(
                limits,
                readTime,
                time,
                time,
                new SplittableRandom(SEEDS.getAndIncrement()),
                Thread.ofPlatform().factory(),
                metrics);
    }
}
