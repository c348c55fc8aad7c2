package dev.bocau.bench.scenario;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Many, devices mostly, that do the same.
final class Crowd {
    private Crowd() {}

    /// What one of them does.
    interface Step<T> {
        void of(T each) throws IOException;
    }

    /// Lets all of them do it and waits.
    ///
    /// @param atOnce so many, no more
    /// @throws IOException if one of them could not
    static <T> void each(List<T> all, int atOnce, Step<T> step) throws IOException {
        Semaphore free = new Semaphore(atOnce);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> steps =
                    all.stream()
                            .map(one ->
                                    threads.submit(() -> {
                                        free.acquire();
                                        try {
                                            step.of(one);
                                        } finally {
                                            free.release();
                                        }
                                        return true;
                                    }))
                            .toList();
            for (Future<Boolean> each : steps) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("one of " + all.size() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
