package dev.bocau.session;

import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;

/// Lets devices in at a bounded rate. When more of them come at once, as after a failure, each is
/// told another time at which there is room: they come back as fast as they can be served, and no
/// faster.
final class Admission {
    private static final long LONGEST_MS = 60_000;

    private final int perSecond;
    private final RateLimit entries;

    /// Up to when the room there will be is promised to those who were asked to come back.
    private double promisedUntilMs;

    Admission(int perSecond, long nowMs) {
        this.perSecond = perSecond;
        this.entries = new RateLimit(perSecond, 1_000, perSecond, nowMs);
    }

    /// Lets one in.
    ///
    /// @throws Refused saying when to come back
    synchronized void enter(long nowMs) {
        if (entries.take(nowMs) > 0) {
            promisedUntilMs = Math.max(promisedUntilMs, (double) nowMs) + 1_000.0 / perSecond;
            long afterMs = Refusal.RETRY_AFTER_MS + (long) Math.ceil(promisedUntilMs - nowMs);
            throw new Refused(
                    Refusal.retry(
                            Code.TOO_MANY_CONNECTIONS,
                            "more than %,d devices a second come in".formatted(perSecond),
                            Math.min(afterMs, LONGEST_MS)));
        }
    }
}
