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

    /// Handles a frame behind those before it.
    ///
    /// @return how many wait now
    int frame(Runnable handling) {
        int waiting;
        synchronized (this) {
            if (frames == null) {
                frames = new ArrayDeque<>(4);
            }
            frames.add(handling);
            waiting = frames.size();
        }
        runUnlessRunning();
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

    private void run() {
        for (Runnable next = next(); next != null; next = next()) {
            try {
                next.run();
            } catch (RuntimeException | Error bug) {
                LOG.error("a session's work failed", bug);
            }
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
