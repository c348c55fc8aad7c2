package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Commit;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import dev.bocau.store.Outcome;
import dev.bocau.store.Outcome.Denied;
import dev.bocau.store.Outcome.Kept;
import dev.bocau.time.Timer;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides all steps, one after the other, and keeps them, many with one fdatasync.
///
/// A step that is accepted waits in a bounded queue. The committing thread takes all that wait,
/// lets each decide, writes what they changed as one batch, and hands the outcomes to the telling
/// thread, which completes the futures in order of commit while the next batch is under way; with
/// no next batch, it tells them itself. When the disk is idle a step is committed at once; while it
/// is busy, steps gather, and where some had gathered, more may until the next write begins. Steps
/// that nobody waits for ride along with the next batch, or make one of their own after a while.
///
/// A failed write is final: nothing is known of the disk any more, so it is not tried again, all
/// further steps are denied, and the server has to be started anew.
final class Committer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final long FULL_RETRY_AFTER_MS = 5_000;
    private static final Duration DISK_WATCH = Duration.ofSeconds(1);
    private static final Duration RIDE_WITHIN = Duration.ofMillis(50);

    /// How long steps gather after a write that more than one step had asked for. More of them
    /// share a write then, which is worth more than the wait
    /// (docs/decisions/008-sharing-a-write.md).
    private static final Duration GATHERING = Duration.ofMillis(2);

    private static final int BATCHES_TO_TELL = 8;

    /// A write of so many rows takes no more steps.
    private static final int ROWS = 20_000;

    private static final long MIB = 1024 * 1024;
    static final byte[] COMMIT_KEY = Keys.of("commit");

    private final Kv kv;
    private final OpenState open;
    private final Limits limits;
    private final long start;
    private final Timer timer;
    private final Consumer<Tx.Outgrown> outgrown;
    private final BlockingQueue<Pending<?>> queue;
    private final BlockingQueue<Pending<?>> riding;
    private final AtomicBoolean rideIsTimed = new AtomicBoolean();
    private final BlockingQueue<Runnable> toTell = new ArrayBlockingQueue<>(BATCHES_TO_TELL);
    private final AtomicInteger untold = new AtomicInteger();
    private final Thread committing;
    private final Thread telling;
    private final io.micrometer.core.instrument.Timer commitTime;
    private final DistributionSummary batchSize;

    private long lastCommit;

    /// With what the committing thread denies steps.
    private @Nullable Refusal denying;

    /// With what they are denied before they come to it: the same, but longer, until what was
    /// denied has been told, so that nothing overtakes it.
    private volatile @Nullable Refusal fault;

    private volatile boolean closing;
    private boolean allTold;

    /// A step and who waits for it.
    private static final class Pending<T> {
        final Step<T> step;
        final boolean inReserve;
        final CompletableFuture<Outcome<T>> told = new CompletableFuture<>();
        @Nullable Outcome<T> outcome;

        Pending(Step<T> step, boolean inReserve) {
            this.step = step;
            this.inReserve = inReserve;
        }

        boolean isDeniedBy(Refusal fault) {
            return !inReserve || fault.code() != Code.STORAGE_FULL;
        }

        void decide(Tx tx) {
            int before = tx.size();
            try {
                T value = step.decide(tx);
                outcome = new Kept<>(value, tx.commit(), tx.takeAppended());
            } catch (Refused refused) {
                if (tx.size() != before) {
                    throw new IllegalStateException("refused after changing something", refused);
                }
                outcome = new Denied<>(refused.refusal());
            }
        }

        void deny(Refusal refusal) {
            outcome = new Denied<>(refusal);
        }

        void tell() {
            if (outcome != null) {
                told.complete(outcome);
            }
        }
    }

    /// @param last the newest commit in the tables; `start` is the start that makes the next ones
    /// @param outgrown is told of tracks that have grown, and does not wait
    Committer(Kv kv, Commit last, Consumer<Tx.Outgrown> outgrown, StoreContext context) {
        this.kv = kv;
        this.limits = context.limits();
        this.open = new OpenState(kv, limits);
        this.start = last.start();
        this.lastCommit = last.number();
        this.timer = context.timer();
        this.outgrown = outgrown;
        this.queue = new ArrayBlockingQueue<>(limits.commitQueue());
        this.riding = new ArrayBlockingQueue<>(limits.commitQueue());
        this.commitTime =
                io.micrometer.core.instrument.Timer.builder("bocau.commit.time")
                        .description("Writing one batch with its fdatasync")
                        .publishPercentiles(0.5, 0.99)
                        .register(context.metrics());
        this.batchSize =
                DistributionSummary.builder("bocau.commit.steps")
                        .description("Steps that shared an fdatasync")
                        .publishPercentiles(0.5, 0.99)
                        .register(context.metrics());
        Gauge.builder("bocau.commit.queue", queue, BlockingQueue::size)
                .description("Steps that wait for the disk")
                .register(context.metrics());
        this.committing = context.start("bocau-commit", this::commitAll);
        this.telling = context.start("bocau-tell", this::tellAll);
        watchDisk();
    }

    /// Hands a step over without waiting; when the queue is full, it is denied at once.
    <T> CompletableFuture<Outcome<T>> submit(Step<T> step) {
        return submit(new Pending<>(step, false), queue);
    }

    /// Hands a step over that may wait for company.
    <T> CompletableFuture<Outcome<T>> submitToRide(Step<T> step) {
        CompletableFuture<Outcome<T>> told = submit(new Pending<>(step, false), riding);
        if (!told.isDone() && rideIsTimed.compareAndSet(false, true)) {
            timer.after(RIDE_WITHIN, this::leave);
        }
        return told;
    }

    private void leave() {
        rideIsTimed.set(false);
        if (!riding.isEmpty()) {
            queue.offer(new Pending<>(tx -> true, true));
        }
    }

    /// Hands a step over and waits for its outcome; when the queue is full, it is denied at once.
    <T> Outcome<T> run(Step<T> step) {
        return run(new Pending<>(step, false));
    }

    /// The same, also when the disk is full: for small steps that let people read, or that make
    /// room. `minFreeMiB` are kept for them.
    <T> Outcome<T> runInReserve(Step<T> step) {
        return run(new Pending<>(step, true));
    }

    private <T> Outcome<T> run(Pending<T> pending) {
        return submit(pending, queue).join();
    }

    private <T> CompletableFuture<Outcome<T>> submit(
            Pending<T> pending, BlockingQueue<Pending<?>> line) {
        Refusal refusal = fault;
        boolean denied = refusal != null && pending.isDeniedBy(refusal);
        if (!denied && !closing && line.offer(pending)) {
            return pending.told;
        }
        Refusal why = denied ? refusal : overloaded();
        return CompletableFuture.completedFuture(new Denied<>(Objects.requireNonNull(why)));
    }

    private Refusal overloaded() {
        return closing
                ? Refusal.retry(Code.UNAVAILABLE, "the server is going down")
                : Refusal.retry(Code.OVERLOADED, "too many steps wait for the disk");
    }

    Optional<String> fault() {
        return Optional.ofNullable(fault).map(Refusal::reason);
    }

    private void commitAll() {
        List<Pending<?>> batch = new ArrayList<>();
        try {
            while (true) {
                Pending<?> first = closing ? pollAny() : queue.take();
                if (first == null) {
                    tell(() -> allTold = true);
                    return;
                }
                batch.add(first);
                queue.drainTo(batch, limits.commitBatch() - 1);
                boolean company = batch.size() > 1;
                riding.drainTo(batch, limits.commitBatch());
                while (!batch.isEmpty()) {
                    List<Pending<?>> told = commit(batch);
                    if (untold.get() == 0 && told.size() == batch.size() && queue.isEmpty()) {
                        told.forEach(Pending::tell);
                    } else {
                        tell(() -> told.forEach(Pending::tell));
                    }
                    if (denying == null && fault != null) {
                        tell(() -> fault = null);
                    }
                    batch = new ArrayList<>(batch.subList(told.size(), batch.size()));
                }
                if (company && !closing && queue.size() < limits.commitBatch()) {
                    timer.pause(GATHERING);
                }
            }
        } catch (InterruptedException e) {
            LOG.error("the committing thread was interrupted", e);
            stop("the committing thread was interrupted");
        }
    }

    private @Nullable Pending<?> pollAny() {
        Pending<?> next = queue.poll();
        return next != null ? next : riding.poll();
    }

    /// Gives the first steps of the batch their outcome, as many as one write should hold.
    ///
    /// @return these
    private List<Pending<?>> commit(List<Pending<?>> batch) {
        List<Pending<?>> decided = new ArrayList<>(batch.size());
        try {
            Tx tx = decide(batch, decided, denying);
            if (!tx.changes().isEmpty()) {
                long begun = System.nanoTime();
                lastCommit = tx.commit().number();
                tx.put(Table.META, COMMIT_KEY, Rows.of(new long[] {lastCommit}));
                kv.write(tx.changes());
                commitTime.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
                batchSize.record(decided.size());
            }
            open.shrink();
            tx.outgrown().forEach(outgrown);
            return decided;
        } catch (RuntimeException | Error e) {
            LOG.error("the store has failed and keeps nothing from here on", e);
            Refusal stopped = stop(String.valueOf(e.getMessage()));
            batch.forEach(pending -> pending.deny(stopped));
            return List.copyOf(batch);
        }
    }

    /// Decides the steps of the batch one after the other, until they have changed as much as one
    /// write should hold. A step that fails by a bug is given up alone: the batch is begun again
    /// without it.
    private Tx decide(List<Pending<?>> batch, List<Pending<?>> decided, @Nullable Refusal refusal) {
        while (true) {
            decided.clear();
            Tx tx = new Tx(kv, open, limits, new Commit(start, lastCommit + 1));
            Pending<?> culprit = null;
            try {
                for (Pending<?> pending : batch) {
                    if (tx.size() >= ROWS) {
                        break;
                    }
                    culprit = pending;
                    if (refusal != null && pending.isDeniedBy(refusal)) {
                        pending.deny(refusal);
                    } else if (!pending.told.isDone()) {
                        pending.decide(tx);
                    }
                    decided.add(pending);
                }
                return tx;
            } catch (Kv.KvException disk) {
                throw disk;
            } catch (RuntimeException bug) {
                LOG.error("a step failed and was given up", bug);
                Objects.requireNonNull(culprit).told.completeExceptionally(bug);
                open.clear();
            }
        }
    }

    /// Has the committing thread look at the disk, now and once a second.
    private void watchDisk() {
        if (!closing) {
            queue.offer(new Pending<>(tx -> lookAtDisk(), true));
            timer.after(DISK_WATCH, this::watchDisk);
        }
    }

    private boolean lookAtDisk() {
        long freeMiB = kv.freeBytes() / MIB;
        boolean full = freeMiB < limits.minFreeMiB();
        if (full && denying == null) {
            LOG.error("the disk is full: {} MiB are left; nothing is accepted", freeMiB);
            denying =
                    Refusal.retry(
                            Code.STORAGE_FULL,
                            "the disk is full: %d MiB are left".formatted(freeMiB),
                            FULL_RETRY_AFTER_MS);
            fault = denying;
        } else if (!full && denying != null && denying.code() == Code.STORAGE_FULL) {
            LOG.info("the disk has room again: {} MiB", freeMiB);
            denying = null;
        }
        return full;
    }

    private Refusal stop(String reason) {
        Refusal refusal =
                Refusal.retry(
                        Code.UNAVAILABLE,
                        "the store has failed and the server must be started anew: " + reason,
                        FULL_RETRY_AFTER_MS);
        denying = refusal;
        fault = refusal;
        return refusal;
    }

    private void tell(Runnable outcomes) {
        try {
            untold.incrementAndGet();
            toTell.put(outcomes);
        } catch (InterruptedException e) {
            throw new IllegalStateException("the committing thread was interrupted", e);
        }
    }

    private void tellAll() {
        try {
            while (!allTold) {
                toTell.take().run();
                untold.decrementAndGet();
            }
        } catch (InterruptedException e) {
            LOG.error("the telling thread was interrupted", e);
        }
    }

    /// Commits and tells what was accepted, then ends.
    @Override
    public void close() {
        closing = true;
        // Something to take wakes the committing thread; then it finds no more.
        queue.offer(new Pending<>(tx -> true, true));
        try {
            committing.join();
            telling.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
