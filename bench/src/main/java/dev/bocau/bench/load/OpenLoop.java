package dev.bocau.bench.load;

import dev.bocau.bench.subject.ClientThread;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Does something at a given rate, whether the server keeps up or not.
public final class OpenLoop {
    private OpenLoop() {}

    /// One of the things that are done, on the client thread.
    public interface Step {
        /// Takes a step.
        ///
        /// @param number 0, 1, 2…
        /// @param dueNs when it was to happen, by {@link System#nanoTime()}
        void take(long number, long dueNs);
    }

    /// Steps for some time. Returns when the last one has been handed to the client thread.
    public static void run(ClientThread thread, double perSecond, Duration time, Step step) {
        run(thread, perSecond, Math.round(perSecond * time.toNanos() / 1e9), () -> true, step);
    }

    /// Steps as long as something goes on.
    public static void runWhile(
            ClientThread thread, double perSecond, BooleanSupplier going, Step step) {
        run(thread, perSecond, Long.MAX_VALUE, going, step);
    }

    private static void run(
            ClientThread thread, double perSecond, long steps, BooleanSupplier going, Step step) {
        long start = System.nanoTime();
        double intervalNs = 1e9 / perSecond;
        long next = 0;
        while (next < steps && going.getAsBoolean()) {
            long now = System.nanoTime();
            long dueNs = start + (long) (next * intervalNs);
            if (dueNs > now) {
                LockSupport.parkNanos(dueNs - now);
                continue;
            }
            long first = next;
            next = Math.min(steps, (long) ((now - start) / intervalNs) + 1);
            long end = next;
            thread.run(() -> {
                for (long number = first; number < end; number++) {
                    step.take(number, start + (long) (number * intervalNs));
                }
            });
        }
    }
}
