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

    /// Climbs by steps of a half and then goes between the last two.
    ///
    /// @param lowest a lower rate, which is the answer if none holds
    Measured of(Talk talk, Measured lowest) {
        Measured best = lowest;
        double rate = from;
        double fails = 0;
        while (fails == 0 || fails / best.perSecond() > PRECISION) {
            Measured measured;
            try {
                measured = Steps.print(talk.send(rate, step));
            } catch (IOException e) {
                System.out.println("\nEnded " + e.getMessage() + "\n");
                return best;
            }
            if (measured.page().right() && measured.deliveryMs(99) <= inTimeMs) {
                best = measured;
            } else {
                fails = rate;
            }
            rate = fails == 0 ? rate * UP : Math.sqrt(best.perSecond() * fails);
        }
        return best;
    }
}
