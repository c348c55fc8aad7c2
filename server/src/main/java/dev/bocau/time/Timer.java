package dev.bocau.time;

import java.time.Duration;

/// The only way to measure time and to wait for it to pass, so that tests can have it pass. What
/// the time is out in the world, and expires there, is asked of a clock, which may be set at any
/// moment.
public interface Timer {

    /// Milliseconds since some moment, 0 or more. They pass evenly, whatever is done to the clock.
    long nowMs();

    /// Runs the task once, after the delay, on a thread that it must not hold up.
    void after(Duration delay, Runnable task);

    /// Holds the calling thread up for about so long.
    void pause(Duration time);
}
