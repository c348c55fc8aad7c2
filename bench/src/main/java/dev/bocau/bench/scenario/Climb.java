package dev.bocau.bench.scenario;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/// The search for the highest rate that holds: everything arrives, once and in order, and 99 of 100
/// in time.
///
/// @param from the first rate
/// @param step how long each is tried
/// @param inTimeMs from when a message was due to a device that hears it
record Climb(double from, Duration step, double inTimeMs) {
    private static final double UP = 1.5;
    private static final double PRECISION = 1.1;

    /// Climbs by steps of a half and then goes between the last two. A rate is tried twice, and
    /// once more twice when one just below it has held: the machine, too, stands still at times.
    ///
    /// @param lowest a lower rate, which is the answer if none holds
    /// @param remark is told if the search had to end early
    /// @throws IOException if a server did at any rate what nothing excuses
    Measured of(Talk talk, Measured lowest, Consumer<String> remark) throws IOException {
        Measured best = lowest;
        double rate = from;
        double fails = 0;
        boolean sure = false;
        while (!sure) {
            Measured measured;
            try {
                measured = Steps.print(talk.send(rate, step));
                if (!holds(measured)) {
                    measured = Steps.print(talk.send(rate, step));
                }
            } catch (Talk.Unfinished e) {
                remark.accept("ended " + e.getMessage());
                return best;
            }
            if (holds(measured)) {
                best = measured;
                fails = fails > rate ? fails : 0;
            } else {
                sure = rate == fails;
                fails = rate;
            }
            rate = next(best.perSecond(), fails);
        }
        return best;
    }

    /// Half as much again, or between the two; when these are close to each other, the one that
    /// failed once more.
    private static double next(double best, double fails) {
        if (fails == 0) {
            return best * UP;
        }
        return fails / best > PRECISION ? Math.sqrt(best * fails) : fails;
    }

    private boolean holds(Measured measured) throws IOException {
        if (measured.page().wrong()) {
            measured.orFail();
        }
        return measured.page().right() && measured.deliveryMs(99) <= inTimeMs;
    }
}
