package dev.bocau.bench.scenario;

import java.io.IOException;
import java.time.Duration;

/// The search for the highest rate that holds: everything arrives, once and in order, and 99 of 100
/// in time.
///
/// @param from the first rate
/// @param step how long each is tried
/// @param inTimeMs from when a message was due to a device that hears it
record Climb(double from, Duration step, double inTimeMs) {
    private static final double UP = 1.5;
    private static final double PRECISION = 1.1;

    /// Climbs by steps of a half and then goes between the last two. A rate has failed when it has
    /// failed twice: the machine, too, stands still at times.
    ///
    /// @param lowest a lower rate, which is the answer if none holds
    Measured of(Talk talk, Measured lowest) {
        Measured best = lowest;
        double rate = from;
        double fails = 0;
        while (fails == 0 || fails / best.perSecond() > PRECISION) {
            try {
                Measured first = Steps.print(talk.send(rate, step));
                Measured measured = holds(first) ? first : Steps.print(talk.send(rate, step));
                if (holds(measured)) {
                    best = measured;
                } else {
                    fails = rate;
                }
            } catch (IOException e) {
                System.out.println("\nEnded " + e.getMessage() + "\n");
                return best;
            }
            rate = fails == 0 ? rate * UP : Math.sqrt(best.perSecond() * fails);
        }
        return best;
    }

    private boolean holds(Measured measured) {
        return measured.page().right() && measured.deliveryMs(99) <= inTimeMs;
    }
}
