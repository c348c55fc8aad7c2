package dev.bocau.session;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import org.jspecify.annotations.Nullable;

/// How often a connection was refused what only a broken or a greedy client asks for. A few times
/// may happen. Not safe for several threads; its session guards it.
final class Faults {
    private static final long MINUTE_MS = 60_000;

    private @Nullable RateLimit faults;
    private @Nullable RateLimit flood;

    /// Counts a refusal.
    ///
    /// @return whether that was one too many
    boolean isOneTooMany(Code code, Limits limits, long nowMs) {
        if (code.isFaultOfClient()) {
            faults = begun(faults, limits.faultsPerMinute(), nowMs);
            return faults.take(nowMs) > 0;
        }
        if (code == Code.RATE_LIMITED) {
            flood = begun(flood, limits.floodPerMinute(), nowMs);
            return flood.take(nowMs) > 0;
        }
        return false;
    }

    private static RateLimit begun(@Nullable RateLimit limit, int perMinute, long nowMs) {
        return limit == null ? new RateLimit(perMinute, MINUTE_MS, perMinute, nowMs) : limit;
    }
}
