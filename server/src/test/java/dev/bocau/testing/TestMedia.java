package dev.bocau.testing;

import dev.bocau.limits.Limits;
import dev.bocau.media.Examination;
import dev.bocau.media.MediaStorage;
import dev.bocau.media.Sweep;
import dev.bocau.media.Uploads;
import dev.bocau.media.Uses;
import dev.bocau.media.disk.Room;
import dev.bocau.media.disk.WorkFolder;
import dev.bocau.store.Store;
import dev.bocau.time.Timer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/// What messages of a test may carry.
public final class TestMedia {
    private static final WorkFolder WORK =
            new WorkFolder(Path.of(System.getProperty("java.io.tmpdir")), new Room(0));

    private final MediaStorage storage;
    private final Limits limits;
    private final InstantSource clock;
    public final Uploads uploads;

    public TestMedia(MediaStorage storage, Limits limits, InstantSource clock) {
        this.storage = storage;
        this.limits = limits;
        this.clock = clock;
        this.uploads =
                new Uploads(
                        storage,
                        new Examination(storage, List.of("*/*"), WORK, limits),
                        WORK,
                        limits,
                        clock,
                        new Random());
    }

    public Uses uses(Store store) {
        return new Uses(storage, uploads, store, limits, clock);
    }

    public Sweep sweep(Store store, Timer timer) {
        return new Sweep(storage, store, limits, clock, timer, Runnable::run);
    }
}
