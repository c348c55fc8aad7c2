package dev.bocau.bench.scenario;

import dev.bocau.bench.machine.Limits;
import dev.bocau.bench.machine.LiveHeap;
import dev.bocau.bench.machine.Usage;
import dev.bocau.bench.subject.ClientThread;
import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.Subject;
import dev.bocau.bench.subject.Subject.Ear;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Devices that are connected and say nothing, four to a user.
@Command(
        name = "idle",
        mixinStandardHelpOptions = true,
        description = "Connections that say nothing: the memory that each takes.")
public final class Idle implements Callable<Integer> {
    private static final int DEVICES = 4;
    private static final int AT_ONCE = 32;
    private static final Duration REST = Duration.ofSeconds(5);

    @Mixin private Comparison comparison = new Comparison();

    @Option(
            names = "--connections",
            description = "as many as a process may have files open; default: ${DEFAULT-VALUE}")
    private int connections = 18_000;

    @Option(
            names = "--from",
            description = "connections before the first look; default: ${DEFAULT-VALUE}")
    private int from = 1_000;

    @Override
    public Integer call() throws IOException {
        String what =
                "From %,d to %,d connections that say nothing, %d to a user"
                        .formatted(from, connections, DEVICES);
        Table table =
                new Table(
                        "server",
                        new Table.Column("live heap of each, bytes", "%,.0f"),
                        new Table.Column("memory of each, bytes", "%,.0f"),
                        new Table.Column("memory with all, MiB", "%,.0f"),
                        new Table.Column(
                                "CPU s of the server in %d s".formatted(REST.toSeconds()), "%.2f"));
        return comparison.run(what, table, this::measure);
    }

    private double[] measure(Subject subject, Limits limits, Consumer<String> remark)
            throws IOException {
        AtomicReference<String> refusal = new AtomicReference<>("");
        List<Device> devices =
                IntStream.range(0, connections)
                        .mapToObj(i ->
                                subject.device(
                                        "idle-" + i / DEVICES,
                                        "device-" + i % DEVICES,
                                        new Deaf(refusal)))
                        .toList();
        Crowd.each(devices.subList(0, from), AT_ONCE, device -> device.connect(ClientThread.MAIN));
        State before = State.of(subject);
        Crowd.each(
                devices.subList(from, connections),
                AT_ONCE,
                device -> device.connect(ClientThread.MAIN));
        State after = State.of(subject);
        if (!refusal.get().isEmpty()) {
            throw new IOException("a device was refused: " + refusal.get());
        }
        double more = connections - from;
        return new double[] {
            (after.heapBytes() - before.heapBytes()) / more,
            (after.residentBytes() - before.residentBytes()) / more,
            after.residentBytes() / (double) (1 << 20),
            after.restingCpuSeconds()
        };
    }

    /// @param heapBytes that live, or {@link Table#NONE} where there is no JVM
    /// @param restingCpuSeconds that it takes to do nothing for {@link #REST}
    private record State(double heapBytes, double residentBytes, double restingCpuSeconds) {
        static State of(Subject subject) {
            double heap =
                    subject.jvms().isEmpty()
                            ? Table.NONE
                            : subject.jvms().stream().mapToLong(LiveHeap::of).sum();
            Usage before = Usage.of(subject.pids());
            LockSupport.parkNanos(REST.toNanos());
            Usage after = Usage.of(subject.pids());
            return new State(heap, after.residentBytes(), after.cpuSeconds() - before.cpuSeconds());
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
