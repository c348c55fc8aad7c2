package dev.bocau.session;

/// A bucket of permits that fills at a steady rate up to a burst. Not safe for several threads.
final class RateLimit {
    private final double perMs;
    private final double burst;
    private double permits;
    private long filledAtMs;

    RateLimit(int perPeriod, long periodMs, int burst, long nowMs) {
        this.perMs = (double) perPeriod / periodMs;
        this.burst = burst;
        this.permits = burst;
        this.filledAtMs = nowMs;
    }

    /// Takes a permit if there is one.
    ///
    /// @return 0: taken; otherwise in how many milliseconds there will be one
    long take(long nowMs) {
        permits = Math.min(burst, permits + Math.max(0, nowMs - filledAtMs) * perMs);
        filledAtMs = nowMs;
        if (permits >= 1) {
            permits--;
            return 0;
        }
        return (long) Math.ceil((1 - permits) / perMs);
    }
}
