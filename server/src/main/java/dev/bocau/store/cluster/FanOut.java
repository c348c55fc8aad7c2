package dev.bocau.store.cluster;

import dev.bocau.model.Appended;
import dev.bocau.model.Message;
import dev.bocau.model.Refused;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts what was decided into the logs of many users: at once where Redis can take it, and
/// otherwise as soon as it can. What it was given is put in the end, unless the process dies.
final class FanOut {
    private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Logs logs;
    private final Executor threads;
    private final Timer timer;
    private final Duration patience;
    private final Consumer<List<Appended>> later;
    private final AtomicInteger unsettled = new AtomicInteger();

    /// @param later hears what was put after {@link #put} had returned
    FanOut(Logs logs, ClusterContext context, Consumer<List<Appended>> later) {
        this.logs = logs;
        this.threads = context.threads();
        this.timer = context.timer();
        this.patience = context.patience();
        this.later = later;
    }

    /// How many appends are not put yet. Whoever decides is to stop at some number.
    int unsettled() {
        return unsettled.get();
    }

    /// Puts something into each of these logs, and waits a little for that.
    ///
    /// @param messages those that an {@link Append.Added} may stand for
    /// @param settled runs once all of it is put
    /// @return what was put by then; the rest follows
    List<Appended> put(Map<UserId, Append> appends, List<Message> messages, Runnable settled) {
        if (appends.isEmpty()) {
            settled.run();
            return List.of();
        }
        Work work = new Work(appends.size(), messages, settled);
        unsettled.addAndGet(appends.size());
        appends.forEach((user, append) -> threads.execute(() -> put(user, append, work)));
        return work.result(patience);
    }

    private void put(UserId user, Append append, Work work) {
        try {
            List<Appended> appended =
                    appended(user, append, logs.append(user, append), work.messages);
            unsettled.decrementAndGet();
            if (!work.put(appended)) {
                later.accept(appended);
            }
        } catch (RuntimeException e) {
            if (!(e instanceof Refused)) {
                LOG.error("putting {} into the log of {} failed", append, user, e);
            }
            timer.after(AGAIN, () -> threads.execute(() -> put(user, append, work)));
        }
    }

    /// What one call of {@link FanOut#put} has to put.
    private static final class Work {
        private final List<Message> messages;
        private final Runnable settled;
        private final List<Appended> appended = new ArrayList<>();
        private int left;
        private boolean returned;

        Work(int left, List<Message> messages, Runnable settled) {
            this.left = left;
            this.messages = messages;
            this.settled = settled;
        }

        /// @return whether the caller will be told
        boolean put(List<Appended> entries) {
            boolean all;
            boolean inTime;
            synchronized (this) {
                inTime = !returned;
                if (inTime) {
                    appended.addAll(entries);
                }
                all = --left == 0;
                if (all) {
                    notifyAll();
                }
            }
            if (all) {
                settled.run();
            }
            return inTime;
        }

        /// What is put when all of it is, or when waiting has been long enough.
        synchronized List<Appended> result(Duration patience) {
            long until = System.nanoTime() + patience.toNanos();
            try {
                while (left > 0 && System.nanoTime() < until) {
                    wait(Math.max(1, (until - System.nanoTime()) / 1_000_000));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            returned = true;
            return appended;
        }
    }

    private static List<Appended> appended(
            UserId user, Append append, Logs.Put put, List<Message> messages) {
        List<Appended> appended = new ArrayList<>();
        Track track =
                append instanceof Append.Changed(Name name) ? name.sort().track() : Track.CHANGES;
        // What was known may have been put a moment ago, without anybody being told.
        boolean known = put.last() == put.before();
        if (append instanceof Append.Added added && !put.refreshed() && !known) {
            // The last of them are the messages that were meant; those before were found missing.
            for (long offset = put.before() + 1; offset <= put.last(); offset++) {
                long seq = added.to() - (put.last() - offset);
                Message message =
                        messages.stream().filter(it -> it.seq() == seq).findFirst().orElse(null);
                appended.add(new Appended(user, track, offset - 1, offset, message));
            }
        } else {
            appended.add(new Appended(user, track, put.before(), put.last(), null));
        }
        return appended;
    }
}
