package dev.bocau.bench.load;

import dev.bocau.bench.subject.ClientThread;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

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

    /// Returns when the last step has been handed to the client thread.
    public static void run(double perSecond, Duration time, Step step) {
        long start = System.nanoTime();
        long steps = Math.round(perSecond * time.toNanos() / 1e9);
        double intervalNs = 1e9 / perSecond;
        long next = 0;
        while (next < steps) {
            long now = System.nanoTime();
            long dueNs = start + (long) (next * intervalNs);
            if (dueNs > now) {
                LockSupport.parkNanos(dueNs - now);
                continue;
            }
            long first = next;
            next = Math.min(steps, (long) ((now - start) / intervalNs) + 1);
            long end = next;
            ClientThread.run(() -> {
                for (long number = first; number < end; number++) {
                    step.take(number, start + (long) (number * intervalNs));
                }
            });
        }
    }
}
