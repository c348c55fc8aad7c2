package dev.bocau.time;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The {@link Timer} of a running server: one thread.
public final class SystemTimer implements Timer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SystemTimer.class);

    private final long beganNs = System.nanoTime();
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().daemon().name("bocau-timer").factory());

    public SystemTimer() {
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.setRejectedExecutionHandler((task, closed) -> {});
    }

    @Override
    public long nowMs() {
        return (System.nanoTime() - beganNs) / 1_000_000;
    }

    @Override
    public void after(Duration delay, Runnable task) {
        var _ =
                thread.schedule(
                        () -> {
                            try {
                                task.run();
                            } catch (RuntimeException bug) {
                                LOG.error("a timed task failed", bug);
                            }
                        },
                        delay.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
