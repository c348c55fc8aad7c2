package dev.bocau.store.cluster;

import java.time.InstantSource;

/// Attempts at a decision, which others may come before, and of which the database may not say what
/// has become. They end, so that whoever waits is answered: in this time and that of one attempt.
final class Attempts {
    static final int MOST = 20;
    static final long LONGEST_MS = 5_000;

    private final InstantSource clock;
    private final long untilMs;
    private int begun;

    Attempts(InstantSource clock) {
        this.clock = clock;
        this.untilMs = clock.millis() + LONGEST_MS;
    }

    /// Begins another one, unless there were enough.
    boolean another() {
        if (begun > 0 && (begun >= MOST || clock.millis() >= untilMs)) {
            return false;
        }
        begun++;
        return true;
    }

    boolean isFirst() {
        return begun == 1;
    }
}
