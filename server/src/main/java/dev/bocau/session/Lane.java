package dev.bocau.session;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a session's work one piece after the other: what the server has to do first, then the
/// client's frames in order, unless they are on hold. A thread is taken only while there is
/// something to do, so an idle session costs none.
///
/// What fails is logged and passed over: each piece of work makes good its own failures.
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final Executor executor;
    private @Nullable Queue<Runnable> tasks;
    private @Nullable Queue<Runnable> frames;
    private boolean running;
    private boolean held;

    Lane(Executor executor) {
        this.executor = executor;
    }

    void task(Runnable task) {
        synchronized (this) {
            if (tasks == null) {
                tasks = new ArrayDeque<>(4);
            }
            tasks.add(task);
        }
        runUnlessRunning();
    }

    /// Handles a frame behind those before it. If there are none, and it never waits, the caller
    /// handles it: waking a thread costs more than most frames.
    ///
    /// @param waits whether handling it may wait for something
    /// @return how many wait now
    int frame(Runnable handling, boolean waits) {
        int waiting = 0;
        synchronized (this) {
            if (waits || running || held || tasks != null || frames != null) {
                if (frames == null) {
                    frames = new ArrayDeque<>(4);
                }
                frames.add(handling);
                waiting = frames.size();
            } else {
                running = true;
            }
        }
        if (waiting == 0) {
            run(handling);
            handOver();
        } else {
            runUnlessRunning();
        }
        return waiting;
    }

    /// Whether the frames are to wait; tasks go on.
    void hold(boolean hold) {
        synchronized (this) {
            held = hold;
        }
        if (!hold) {
            runUnlessRunning();
        }
    }

    synchronized int waitingFrames() {
        return frames == null ? 0 : frames.size();
    }

    private void runUnlessRunning() {
        synchronized (this) {
            if (running || !due()) {
                return;
            }
            running = true;
        }
        executor.execute(this::run);
    }

    /// What has come while the caller handled a frame is for a thread that may wait.
    private void handOver() {
        synchronized (this) {
            if (!due()) {
                running = false;
                return;
            }
        }
        executor.execute(this::run);
    }

    private void run() {
        for (Runnable next = next(); next != null; next = next()) {
            run(next);
        }
    }

    private static void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error bug) {
            LOG.error("a session's work failed", bug);
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable next = tasks == null ? null : tasks.poll();
        if (next == null && !held && frames != null) {
            next = frames.poll();
        }
        if (next == null) {
            running = false;
            tasks = null;
            if (frames != null && frames.isEmpty()) {
                frames = null;
            }
        }
        return next;
    }

    private boolean due() {
        return (tasks != null && !tasks.isEmpty())
                || (!held && frames != null && !frames.isEmpty());
    }
}
