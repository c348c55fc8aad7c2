package dev.bocau.session;

import java.time.Duration;

/// Runs something later. The only way for a session to wait for time to pass.
public interface Timer {

    /// Runs the task once, after the delay, on a thread that it must not hold up.
    void after(Duration delay, Runnable task);
}
