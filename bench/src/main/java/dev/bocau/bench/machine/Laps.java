package dev.bocau.bench.machine;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// The same thing over and over again, timed.
final class Laps {
    private Laps() {}

    /// What is done.
    interface Lap {
        void run() throws IOException;
    }

    /// Nanoseconds of each.
    ///
    /// @param rest before each
    static Histogram of(Lap lap, Duration time, Duration rest) throws IOException {
        Histogram laps = new Histogram(3);
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(rest.toNanos());
            long begun = System.nanoTime();
            lap.run();
            laps.recordValue(System.nanoTime() - begun);
        }
        return laps;
    }

    static double perSecond(Histogram laps, Duration time) {
        return laps.getTotalCount() / (time.toNanos() / 1e9);
    }

    static long medianNs(Histogram laps) {
        return laps.getValueAtPercentile(50);
    }
}
