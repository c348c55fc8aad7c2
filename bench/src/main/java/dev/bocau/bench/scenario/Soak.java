package dev.bocau.bench.scenario;

import dev.bocau.bench.machine.Limits;
import dev.bocau.bench.machine.LiveHeap;
import dev.bocau.bench.machine.Usage;
import dev.bocau.bench.subject.Subject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Half of what a server can take, for a long time: does anything grow?
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = "Half of what a server can take, for a long time: does anything grow?")
public final class Soak implements Callable<Integer> {
    private static final double MIB = 1 << 20;

    @Mixin private Comparison comparison = new Comparison();

    @Option(names = "--minutes", description = "default: ${DEFAULT-VALUE}")
    private int minutes = 10;

    @Option(
            names = "--rate",
            description =
                    "sends a second that the server can take, of which the half is sent; default: ${DEFAULT-VALUE}")
    private double rate = 4_000;

    @Option(names = "--pairs", description = "conversations; default: ${DEFAULT-VALUE}")
    private int pairs = 200;

    private record Minute(double residentMib, double heapMib, double p999Ms, double cpuSeconds) {}

    @Override
    public Integer call() throws IOException {
        String what =
                "%d minutes of %,.0f sends/s in %d conversations of two with two devices each; drift is the mean of the last third against that of the second"
                        .formatted(minutes, rate / 2, pairs);
        Table table =
                new Table(
                        "server",
                        new Table.Column("memory at the end, MiB", "%,.0f"),
                        new Table.Column("drift, %", "%+.1f"),
                        new Table.Column("live heap at the end, MiB", "%,.1f"),
                        new Table.Column("drift, %", "%+.1f"),
                        new Table.Column("p99.9 of the worst minute, ms", "%.1f"),
                        new Table.Column("drift, %", "%+.1f"),
                        new Table.Column("CPU s per 1,000", "%.3f"));
        return comparison.run(what, table, this::measure);
    }

    private double[] measure(Subject subject, Limits limits, Consumer<String> remark)
            throws IOException {
        Talk talk = Talk.ofPairs(subject, pairs);
        System.out.printf(
                "| minute | memory, MiB | live heap, MiB | p99.9, ms | CPU s per 1,000 |%n|---:|---:|---:|---:|---:|%n");
        List<Minute> all = new ArrayList<>();
        for (int i = 1; i <= minutes; i++) {
            Measured measured = talk.send(rate / 2, Duration.ofMinutes(1)).orFail();
            double heap =
                    subject.jvms().isEmpty()
                            ? Table.NONE
                            : subject.jvms().stream().mapToLong(LiveHeap::of).sum() / MIB;
            Minute minute =
                    new Minute(
                            Usage.of(subject.pids()).residentBytes() / MIB,
                            heap,
                            measured.deliveryMs(99.9),
                            measured.serverCpuPerThousand());
            all.add(minute);
            System.out.printf(
                    "| %6d | %11.0f | %14.1f | %9.1f | %15.3f |%n",
                    i,
                    minute.residentMib(),
                    minute.heapMib(),
                    minute.p999Ms(),
                    minute.cpuSeconds());
        }
        return new double[] {
            all.getLast().residentMib(),
            drift(all, Minute::residentMib),
            all.getLast().heapMib(),
            drift(all, Minute::heapMib),
            all.stream().mapToDouble(Minute::p999Ms).max().orElseThrow(),
            drift(all, Minute::p999Ms),
            all.getLast().cpuSeconds()
        };
    }

    /// In percent; the first third of the time is for warming up.
    private static double drift(List<Minute> all, ToDoubleFunction<Minute> figure) {
        int third = all.size() / 3;
        if (third == 0) {
            return Table.NONE;
        }
        double second = mean(all.subList(third, 2 * third), figure);
        double last = mean(all.subList(all.size() - third, all.size()), figure);
        return (last / second - 1) * 100;
    }

    private static double mean(List<Minute> some, ToDoubleFunction<Minute> figure) {
        return some.stream().mapToDouble(figure).average().orElseThrow();
    }
}
