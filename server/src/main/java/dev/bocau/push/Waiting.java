package dev.bocau.push;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Things that wait to be worked on, each once however often it is offered, in the order in which
/// they came, so many at a time. One that is offered while it is worked on is worked on again
/// afterwards.
final class Waiting<T> {
    private final Executor threads;
    private final int limit;
    private final Consumer<T> work;
    private final Set<T> waiting = new LinkedHashSet<>();
    private final Set<T> underWay = new LinkedHashSet<>();
    private int atOnce;
    private boolean closed;

    /// @param limit how many wait at the most
    Waiting(Executor threads, int atOnce, int limit, Consumer<T> work) {
        this.threads = threads;
        this.atOnce = atOnce;
        this.limit = limit;
        this.work = work;
    }

    /// Lets one more wait, unless it does already.
    ///
    /// @return whether there was room
    boolean offer(T one) {
        synchronized (this) {
            if (waiting.size() >= limit && !waiting.contains(one)) {
                return false;
            }
            waiting.add(one);
        }
        startMore();
        return true;
    }

    /// From now on so many at a time; 0: none for the time being.
    void atOnce(int newAtOnce) {
        synchronized (this) {
            atOnce = newAtOnce;
        }
        startMore();
    }

    /// Starts nothing any more.
    synchronized void close() {
        closed = true;
    }

    synchronized int size() {
        return waiting.size();
    }

    private void startMore() {
        while (true) {
            T next;
            synchronized (this) {
                next = next();
                if (next == null) {
                    return;
                }
                waiting.remove(next);
                underWay.add(next);
            }
            threads.execute(() -> run(next));
        }
    }

    private @Nullable T next() {
        if (closed || underWay.size() >= atOnce) {
            return null;
        }
        for (T one : waiting) {
            if (!underWay.contains(one)) {
                return one;
            }
        }
        return null;
    }

    private void run(T one) {
        try {
            work.accept(one);
        } finally {
            synchronized (this) {
                underWay.remove(one);
            }
            startMore();
        }
    }
}
