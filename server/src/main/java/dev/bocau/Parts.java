package dev.bocau;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a server was put together from, to be closed in the reverse order.
final class Parts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    private static final long GRACE_S = 5;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    /// Closes it at the end, before those that were there before.
    <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    /// Virtual threads whose work is waited for at the end.
    ExecutorService threads(String name) {
        return keep(named(name));
    }

    /// Virtual threads whose work is given up at the end: what it waits for is found again.
    ExecutorService threadsGivenUp(String name) {
        ExecutorService threads = named(name);
        parts.push(() -> {
            threads.shutdownNow();
            if (!threads.awaitTermination(GRACE_S, TimeUnit.SECONDS)) {
                LOG.warn("{} did not give up in time", name);
            }
        });
        return threads;
    }

    private static ExecutorService named(String name) {
        return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name).factory());
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.error("stopping failed", e);
            }
        }
    }
}
