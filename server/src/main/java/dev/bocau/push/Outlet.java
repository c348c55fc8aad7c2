package dev.bocau.push;

import dev.bocau.limits.Limits;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Where pushes to one destination go out: so many at a time, and none while the destination is
/// busy. After a pause one goes ahead; when it was taken, the others follow.
final class Outlet {
    private static final long FIRST_PAUSE_MS = 1_000;
    private static final int MAX_DOUBLINGS = 20;

    private final Waiting<PushKey> waiting;
    private final Limits limits;
    private final Timer timer;
    private final RandomGenerator random;
    private int failures;
    private boolean paused;

    Outlet(Waiting<PushKey> waiting, Limits limits, Timer timer, RandomGenerator random) {
        this.waiting = waiting;
        this.limits = limits;
        this.timer = timer;
        this.random = random;
    }

    boolean offer(PushKey key) {
        return waiting.offer(key);
    }

    void close() {
        waiting.close();
    }

    int size() {
        return waiting.size();
    }

    /// It has taken something, or refused it for good: it is there.
    synchronized void answered() {
        if (failures > 0 && !paused) {
            failures = 0;
            waiting.atOnce(limits.pushesAtOnce());
        }
    }

    /// It takes nothing at the moment.
    ///
    /// @param retryAfter how long it wants to be left alone
    void busy(Optional<Duration> retryAfter) {
        long pauseMs;
        synchronized (this) {
            if (paused) {
                return;
            }
            paused = true;
            pauseMs = pauseMs(failures++, retryAfter, limits, random);
        }
        waiting.atOnce(0);
        timer.after(Duration.ofMillis(pauseMs), this::probe);
    }

    private void probe() {
        synchronized (this) {
            paused = false;
        }
        waiting.atOnce(1);
    }

    /// Twice as long with each failure, with jitter, and not less than was asked for.
    static long pauseMs(
            int failures, Optional<Duration> retryAfter, Limits limits, RandomGenerator random) {
        long most = limits.pushPauseMaxMs();
        long backOff = Math.min(most, FIRST_PAUSE_MS << Math.min(failures, MAX_DOUBLINGS));
        long jittered = backOff / 2 + random.nextLong(backOff / 2 + 1);
        return Math.max(jittered, Math.min(most, retryAfter.map(Duration::toMillis).orElse(0L)));
    }
}
