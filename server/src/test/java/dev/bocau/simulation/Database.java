package dev.bocau.simulation;

import dev.bocau.limits.Limits;
import dev.bocau.model.ReadTime;
import dev.bocau.store.Store;
import dev.bocau.store.embedded.SimulatedDisk;
import dev.bocau.store.embedded.StoreContext;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// The store, in a process of its own, on a disk that outlives it.
final class Database {
    final SimulatedDisk disk;
    private final Scheduler scheduler;
    private final Limits limits;
    private final SplittableRandom random;
    private Scheduler.Life life;

    Database(Scheduler scheduler, Limits limits, SplittableRandom random) {
        this.scheduler = scheduler;
        this.limits = limits;
        this.random = random;
        this.disk = new SimulatedDisk(random.split(), scheduler::pause);
        this.life = scheduler.new Life();
    }

    /// Opens the store in a new process, and tells when it is open.
    void start(Consumer<Store> opened) {
        Scheduler.Life mine = scheduler.new Life();
        life = mine;
        StoreContext context =
                new StoreContext(
                        limits,
                        ReadTime.EARLIEST_READ_WINS,
                        scheduler,
                        mine,
                        random.split(),
                        mine.threads(),
                        new SimpleMeterRegistry());
        mine.execute(() -> opened.accept(disk.open(context)));
    }

    void kill() {
        life.kill();
    }
}
