package dev.bocau.time;

import java.time.Duration;

/// The only way to wait for time to pass, so that tests can have it pass.
public interface Timer {

    /// Runs the task once, after the delay, on a thread that it must not hold up.
    void after(Duration delay, Runnable task);

    /// Holds the calling thread up for about so long.
    void pause(Duration time);
}
