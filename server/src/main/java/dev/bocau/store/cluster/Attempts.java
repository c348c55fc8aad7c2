package dev.bocau.store.cluster;

import dev.bocau.time.Timer;

/// Attempts at a decision, which others may come before, and of which the database may not say what
/// has become. They end, so that whoever waits is answered: in this time and that of one attempt.
final class Attempts {
    static final int MOST = 20;
    static final long LONGEST_MS = 5_000;

    private final Timer timer;
    private final long untilMs;
    private int begun;

    Attempts(Timer timer) {
        this.timer = timer;
        this.untilMs = timer.nowMs() + LONGEST_MS;
    }

    /// Begins another one, unless there were enough.
    boolean another() {
        if (begun > 0 && (begun >= MOST || timer.nowMs() >= untilMs)) {
            return false;
        }
        begun++;
        return true;
    }

    boolean isFirst() {
        return begun == 1;
    }
}
