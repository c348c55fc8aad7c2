package dev.bocau.testing;

import dev.bocau.limits.Limits;
import dev.bocau.media.Examination;
import dev.bocau.media.MediaStorage;
import dev.bocau.media.Uploads;
import dev.bocau.media.Uses;
import dev.bocau.store.Store;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/// What messages of a test may carry.
public final class TestMedia {
    private static final Path WORK = Path.of(System.getProperty("java.io.tmpdir"));

    private TestMedia() {}

    /// Of a house in which nothing is uploaded that has to be looked at.
    public static Uses uses(Store store, Limits limits, InstantSource clock) {
        MediaStorage storage = new MemoryStorage();
        return new Uses(storage, uploads(storage, limits, clock), store, limits, clock);
    }

    public static Uploads uploads(MediaStorage storage, Limits limits, InstantSource clock) {
        return new Uploads(
                storage,
                new Examination(storage, List.of("*/*"), WORK, limits),
                WORK,
                limits,
                clock,
                new Random());
    }
}
