package dev.bocau.store.cluster;

import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final Later later;
    private final AtomicInteger unsettled = new AtomicInteger();

    /// Hears what was put after {@link FanOut#put} had returned.
    interface Later {
        void put(UserId user, Step step, Logs.Put put);
    }

    /// @param threads that may wait
    FanOut(Logs logs, Executor threads, Timer timer, Later later) {
        this.logs = logs;
        this.threads = threads;
        this.timer = timer;
        this.later = later;
    }

    /// How many steps are not put yet. Whoever decides is to stop at some number.
    int unsettled() {
        return unsettled.get();
    }

    /// Puts a step into each of these logs, and waits until each is put or has failed once.
    ///
    /// @return what was put; the others follow
    Map<UserId, Logs.Put> put(Map<UserId, Step> steps) {
        unsettled.addAndGet(steps.size());
        Map<UserId, CompletableFuture<Optional<Logs.Put>>> under = new LinkedHashMap<>();
        steps.forEach((user, step) ->
                under.put(
                        user, CompletableFuture.supplyAsync(() -> tryToPut(user, step), threads)));
        Map<UserId, Logs.Put> done = new LinkedHashMap<>();
        under.forEach((user, put) -> put.join().ifPresent(it -> done.put(user, it)));
        return done;
    }

    /// @return empty if it has failed, and is tried again
    private Optional<Logs.Put> tryToPut(UserId user, Step step) {
        try {
            Logs.Put put = logs.append(user, step);
            unsettled.decrementAndGet();
            return Optional.of(put);
        } catch (RuntimeException e) {
            if (!(e instanceof Refused)) {
                LOG.error("putting {} into the log of {} failed", step, user, e);
            }
            timer.after(AGAIN, () -> threads.execute(() -> putLater(user, step)));
            return Optional.empty();
        }
    }

    private void putLater(UserId user, Step step) {
        tryToPut(user, step).ifPresent(put -> later.put(user, step, put));
    }
}
