package dev.bocau.client;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The client's thread: what happens, happens here, one after the other.
final class Loop {
    /// Calls something off; once it has happened, nothing.
    interface Cancel {
        Cancel NOTHING = () -> {};

        void cancel();
    }

    private final ScheduledThreadPoolExecutor thread;
    private final Consumer<Throwable> failed;

    Loop(Consumer<Throwable> failed) {
        this.failed = failed;
        this.thread =
                new ScheduledThreadPoolExecutor(
                        1,
                        work -> {
                            Thread made = new Thread(work, "bocau-client");
                            made.setDaemon(true);
                            return made;
                        });
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    void execute(Runnable work) {
        try {
            thread.execute(guarded(work));
        } catch (RejectedExecutionException closed) {
            // Nothing happens any more.
        }
    }

    Cancel after(long delayMs, Runnable work) {
        try {
            ScheduledFuture<?> timer =
                    thread.schedule(guarded(work), delayMs, TimeUnit.MILLISECONDS);
            return () -> timer.cancel(false);
        } catch (RejectedExecutionException closed) {
            return Cancel.NOTHING;
        }
    }

    private Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                failed.accept(e);
            }
        };
    }

    /// Of a clock that is never set.
    long nowMs() {
        return System.nanoTime() / 1_000_000;
    }

    /// How long to wait before trying again: a random time, so that a crowd that was cut off
    /// together does not come back together, but never less than the server has asked for.
    ///
    /// @param attempt 0 for the first try after something worked
    long backoffMs(int attempt, long retryAfterMs) {
        long ceiling =
                Math.min(Limits.BACKOFF_CAP_MS, Limits.BACKOFF_BASE_MS << Math.min(attempt, 30));
        return Math.max(retryAfterMs, ThreadLocalRandom.current().nextLong(ceiling + 1));
    }

    /// What waits is dropped: called on the loop, behind what is still to be done.
    void close() {
        thread.shutdown();
    }
}
