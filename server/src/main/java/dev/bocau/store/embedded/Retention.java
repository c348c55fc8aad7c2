package dev.bocau.store.embedded;

import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.store.embedded.Rows.EntryRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes away what logs need not keep: entries beyond the limit of a track, when it was seen to
/// have outgrown it, and entries that are too old, in a sweep over all logs once an hour. It raises
/// the floor in the same step, so whoever reads finds either the entries or the floor above its
/// cursor. What it forgets to do it does in the next sweep. All of it happens on one thread.
final class Retention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final Duration SWEEP_EVERY = Duration.ofHours(1);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);
    private static final int ENTRIES_PER_STEP = 1_000;
    private static final int WAITING_JOBS = 10_000;

    private final Kv kv;
    private final Committer committer;
    private final LocalIds localIds;
    private final StoreContext context;
    private final BlockingQueue<Runnable> jobs = new ArrayBlockingQueue<>(WAITING_JOBS);
    private final Thread thread;
    private volatile boolean closing;

    private record Row(long offset, EntryRow entry) {}

    Retention(Kv kv, Committer committer, LocalIds localIds, StoreContext context) {
        this.kv = kv;
        this.committer = committer;
        this.localIds = localIds;
        this.context = context;
        this.thread = context.start("bocau-retention", this::run);
        sweepLater(Duration.ZERO);
    }

    /// A track has grown; if too many have, it waits for more growth.
    void outgrown(UserId user, Track track) {
        jobs.offer(() -> trim(user, track));
    }

    private void sweepLater(Duration delay) {
        context.timer()
                .after(
                        delay,
                        () -> {
                            if (!closing && !jobs.offer(this::sweepAgainAndAgain)) {
                                sweepLater(AFTER_FAILURE);
                            }
                        });
    }

    private void sweepAgainAndAgain() {
        Duration next = AFTER_FAILURE;
        try {
            sweep();
            next = SWEEP_EVERY;
        } finally {
            sweepLater(next);
        }
    }

    private void run() {
        while (!closing) {
            try {
                jobs.take().run();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!closing) {
                    LOG.error("retention failed and is tried again in {}", AFTER_FAILURE, e);
                }
            }
        }
    }

    /// Goes over all logs once.
    void sweep() {
        localIds.dropOld(kv, context.clock().millis());
        sweep(Table.LOG);
        sweep(Table.RECEIPTS);
    }

    private void sweep(Table table) {
        byte[] at = new byte[0];
        byte[] behindAll = {(byte) 0xff};
        while (!closing) {
            List<byte[]> found = new ArrayList<>();
            try (Kv.View view = kv.view()) {
                view.scan(
                        table,
                        at,
                        behindAll,
                        (key, value) -> {
                            found.add(key);
                            return false;
                        });
            }
            if (found.isEmpty()) {
                return;
            }
            UserId user = new UserId(Keys.first(found.getFirst()));
            for (Track track : Track.values()) {
                if (LogKeys.table(track) == table) {
                    trim(user, track);
                }
            }
            at = Keys.end(Keys.under(user.value()));
        }
    }

    /// Brings one track within its retention.
    void trim(UserId user, Track track) {
        long oldestMs =
                context.clock().millis() - Duration.ofDays(context.limits().logDays()).toMillis();
        List<Row> leaving;
        do {
            leaving = leaving(user, track, oldestMs);
            if (!leaving.isEmpty()) {
                List<Row> rows = leaving;
                committer.runInReserve(tx -> remove(tx, user, track, rows)).orRefuse();
            }
        } while (leaving.size() == ENTRIES_PER_STEP && !closing);
    }

    /// The oldest entries that need not be kept, at most so many as one step takes.
    private List<Row> leaving(UserId user, Track track, long oldestMs) {
        List<Row> rows = new ArrayList<>();
        try (Kv.View view = kv.view()) {
            long keepFrom = keepFrom(view, user, track);
            view.scan(
                    LogKeys.table(track),
                    LogKeys.from(user, track, 0),
                    LogKeys.end(user, track),
                    (key, value) -> {
                        Row row = new Row(Keys.number(key), EntryRow.of(value));
                        boolean leaves = row.offset < keepFrom || row.entry.atMs() < oldestMs;
                        if (leaves) {
                            rows.add(row);
                        }
                        return leaves && rows.size() < ENTRIES_PER_STEP;
                    });
        }
        return rows;
    }

    /// The offset of the oldest entry that the limit lets stand; 0 if all may.
    private long keepFrom(Kv.View view, UserId user, Track track) {
        long[] offset = {0};
        int[] counted = {0};
        view.scanBack(
                LogKeys.table(track),
                LogKeys.from(user, track, 0),
                LogKeys.end(user, track),
                (key, value) -> {
                    offset[0] = Keys.number(key);
                    return ++counted[0] < context.limits().logEntries();
                });
        return counted[0] < context.limits().logEntries() ? 0 : offset[0];
    }

    private static boolean remove(Tx tx, UserId user, Track track, List<Row> rows) {
        rows.forEach(row -> tx.forget(user, track, row.offset, row.entry));
        byte[] key = Keys.of(user.value());
        long[] floors = Rows.numbers(tx.get(Table.FLOORS, key), Track.values().length);
        int t = track.ordinal();
        floors[t] = Math.max(floors[t], rows.getLast().offset);
        tx.put(Table.FLOORS, key, Rows.of(floors));
        return true;
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
