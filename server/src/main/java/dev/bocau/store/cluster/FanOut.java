package dev.bocau.store.cluster;

import dev.bocau.model.Appended;
import dev.bocau.model.Message;
import dev.bocau.model.Refused;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
    private final Consumer<List<Appended>> later;
    private final AtomicInteger unsettled = new AtomicInteger();

    /// @param threads that may wait
    /// @param later hears what was put after {@link #put} had returned
    FanOut(Logs logs, Executor threads, Timer timer, Consumer<List<Appended>> later) {
        this.logs = logs;
        this.threads = threads;
        this.timer = timer;
        this.later = later;
    }

    /// How many appends are not put yet. Whoever decides is to stop at some number.
    int unsettled() {
        return unsettled.get();
    }

    /// Puts something into each of these logs, and waits until each is put or has failed once.
    ///
    /// @param messages those that an {@link Append.Added} may stand for
    /// @param settled runs once all of it is put
    /// @return what was put; the rest follows
    List<Appended> put(Map<UserId, Append> appends, List<Message> messages, Runnable settled) {
        if (appends.isEmpty()) {
            settled.run();
            return List.of();
        }
        Work work = new Work(messages, settled, new AtomicInteger(appends.size()));
        unsettled.addAndGet(appends.size());
        Map<UserId, CompletableFuture<List<Appended>>> under = new LinkedHashMap<>();
        appends.forEach((user, append) ->
                under.put(
                        user,
                        CompletableFuture.supplyAsync(
                                () -> tryToPut(user, append, work, false), threads)));
        List<Appended> done = new ArrayList<>();
        under.values().forEach(put -> done.addAll(put.join()));
        return done;
    }

    private record Work(List<Message> messages, Runnable settled, AtomicInteger left) {
        void done() {
            if (left.decrementAndGet() == 0) {
                settled.run();
            }
        }
    }

    /// @return nothing if it has failed, and is tried again
    private List<Appended> tryToPut(UserId user, Append append, Work work, boolean late) {
        try {
            List<Appended> appended =
                    appended(user, append, logs.append(user, append), work.messages);
            if (late) {
                later.accept(appended);
            }
            unsettled.decrementAndGet();
            work.done();
            return appended;
        } catch (RuntimeException e) {
            if (!(e instanceof Refused)) {
                LOG.error("putting {} into the log of {} failed", append, user, e);
            }
            timer.after(AGAIN, () -> threads.execute(() -> tryToPut(user, append, work, true)));
            return List.of();
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
