package dev.bocau.bench.scenario;

import dev.bocau.bench.machine.LiveHeap;
import dev.bocau.bench.machine.Usage;
import dev.bocau.bench.subject.Subject;
import dev.bocau.bench.subject.Subject.Ear;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/// Devices that are connected and say nothing, four to a user.
public final class Idle {
    private static final int DEVICES = 4;
    private static final int WARM = 400;

    private Idle() {}

    /// What one of them takes.
    ///
    /// @param connected beside those that were there when the first figure was taken
    /// @param heapBytes per connection, of what lives on the heap
    /// @param residentBytes per connection, of the process
    public record Measured(int connected, double heapBytes, double residentBytes) {}

    /// Connects so many devices to a server that runs on a JVM.
    public static Measured measure(Subject subject, int connections) throws IOException {
        AtomicReference<String> refusal = new AtomicReference<>("");
        connect(subject, 0, WARM, refusal);
        long heapBefore = heap(subject);
        long residentBefore = Usage.of(subject.pids()).residentBytes();
        connect(subject, WARM, WARM + connections, refusal);
        long heapAfter = heap(subject);
        long residentAfter = Usage.of(subject.pids()).residentBytes();
        if (!refusal.get().isEmpty()) {
            throw new IOException("a device was refused: " + refusal.get());
        }
        return new Measured(
                connections,
                (double) (heapAfter - heapBefore) / connections,
                (double) (residentAfter - residentBefore) / connections);
    }

    private static long heap(Subject subject) {
        return subject.pids().stream().mapToLong(LiveHeap::of).sum();
    }

    private static void connect(Subject subject, int from, int to, AtomicReference<String> refusal)
            throws IOException {
        for (int i = from; i < to; i++) {
            subject.connect("idle-" + i / DEVICES, "device-" + i % DEVICES, new Deaf(refusal));
        }
    }

    private record Deaf(AtomicReference<String> refusal) implements Ear {
        @Override
        public void heard(String conversation, String content) {}

        @Override
        public void confirmed() {}

        @Override
        public void refused(String why) {
            refusal.set(why);
        }
    }
}
