package dev.bocau.bench.scenario;

import dev.bocau.bench.subject.Device;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Many devices that do the same.
final class Crowd {
    private Crowd() {}

    /// What one of them does.
    interface Step {
        void of(Device device) throws IOException;
    }

    /// Lets all of them do it and waits.
    ///
    /// @param atOnce so many, no more
    /// @throws IOException if one of them could not
    static void each(List<Device> devices, int atOnce, Step step) throws IOException {
        Semaphore free = new Semaphore(atOnce);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> steps =
                    devices.stream()
                            .map(device ->
                                    threads.submit(() -> {
                                        free.acquire();
                                        try {
                                            step.of(device);
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
            throw new IOException("one of " + devices.size() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
