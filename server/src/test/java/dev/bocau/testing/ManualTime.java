package dev.bocau.testing;

import dev.bocau.time.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Time that passes only when a test says so.
public final class ManualTime implements InstantSource, Timer {
    private record Task(long atMs, long order, Runnable task) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(
                    Comparator.comparingLong(Task::atMs).thenComparingLong(Task::order));
    private long nowMs;
    private long clockAheadMs = 1_790_000_000_000L;
    private long order;

    @Override
    public synchronized Instant instant() {
        return Instant.ofEpochMilli(clockAheadMs + nowMs);
    }

    @Override
    public synchronized long nowMs() {
        return nowMs;
    }

    /// Sets the clock forward, or back. No time passes.
    public synchronized void setClock(long byMs) {
        clockAheadMs += byMs;
    }

    @Override
    public synchronized void after(Duration delay, Runnable task) {
        tasks.add(new Task(nowMs + delay.toMillis(), order++, task));
    }

    /// Nobody is held up by a clock that a test has to wind.
    @Override
    public void pause(Duration time) {}

    /// Lets time pass, and runs what falls due meanwhile.
    public void advance(long byMs) {
        List<Task> due = new ArrayList<>();
        synchronized (this) {
            nowMs += byMs;
            while (!tasks.isEmpty() && tasks.peek().atMs <= nowMs) {
                due.add(tasks.poll());
            }
        }
        due.forEach(task -> task.task.run());
    }
}
