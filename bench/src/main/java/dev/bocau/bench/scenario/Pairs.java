package dev.bocau.bench.scenario;

import dev.bocau.bench.machine.Limits;
import dev.bocau.bench.subject.Subject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Conversations of two with two devices each, at a low rate and at the highest that holds.
@Command(
        name = "pairs",
        mixinStandardHelpOptions = true,
        description = "Conversations of two with two devices each: latency, and the highest rate.")
public final class Pairs implements Callable<Integer> {
    private static final double IN_TIME_MS = 100;

    @Mixin private Comparison comparison = new Comparison();

    @Option(names = "--seconds", description = "of each step; default: ${DEFAULT-VALUE}")
    private int seconds = 10;

    @Option(names = "--pairs", description = "conversations; default: ${DEFAULT-VALUE}")
    private int pairs = 200;

    @Option(names = "--low", description = "sends a second, slowly; default: ${DEFAULT-VALUE}")
    private double low = 150;

    @Option(
            names = "--from",
            description = "where the search for the highest rate begins; default: ${DEFAULT-VALUE}")
    private double from = 1_000;

    @Option(
            names = "--rates",
            split = ",",
            description = "sends a second, instead of looking for the highest that holds")
    private List<Double> rates = List.of();

    @Override
    public Integer call() throws IOException {
        String what =
                "%d conversations of two with two devices each; one device writes, three hear it; 100 bytes; %d s a step"
                        .formatted(pairs, seconds);
        return rates.isEmpty()
                ? comparison.run(what, peakTable(), this::peak)
                : comparison.run(what, ratesTable(), this::atRates);
    }

    private Table peakTable() {
        return new Table(
                "server",
                new Table.Column("sends/s that held (p99 ≤ 100 ms)", "%,.0f"),
                new Table.Column("per fdatasync", "%.2f"),
                new Table.Column("CPU s per 1,000", "%.3f"),
                new Table.Column("at %,.0f/s: ✓ p50, ms".formatted(low), "%.2f"),
                new Table.Column("✓ p99", "%.2f"),
                new Table.Column("delivered p50, ms", "%.2f"),
                new Table.Column("p99", "%.2f"),
                new Table.Column("p99.9", "%.2f"),
                new Table.Column("CPU s per 1,000", "%.3f"));
    }

    private double[] peak(Subject subject, Limits limits, Consumer<String> remark)
            throws IOException {
        Talk talk = Talk.ofPairs(subject, pairs);
        Steps.heading();
        Measured slow = slowly(talk);
        Measured peak =
                new Climb(from, Duration.ofSeconds(seconds), IN_TIME_MS)
                        .of(talk, slow, remark)
                        .orFail();
        return new double[] {
            peak.perSecond(),
            peak.perSecond() / limits.sync().perSecond(),
            peak.serverCpuPerThousand(),
            slow.confirmationMs(50),
            slow.confirmationMs(99),
            slow.deliveryMs(50),
            slow.deliveryMs(99),
            slow.deliveryMs(99.9),
            slow.serverCpuPerThousand()
        };
    }

    /// At the low rate, after a step that warms up.
    private Measured slowly(Talk talk) throws IOException {
        Duration time = Duration.ofSeconds(seconds);
        talk.send(from, time);
        return Steps.print(talk.send(low, time)).orFail();
    }

    private Table ratesTable() {
        return new Table(
                "server",
                rates.stream()
                        .flatMap(rate -> Steps.columns(rate).stream())
                        .toArray(Table.Column[]::new));
    }

    private double[] atRates(Subject subject, Limits limits, Consumer<String> remark)
            throws IOException {
        Talk talk = Talk.ofPairs(subject, pairs);
        Steps.heading();
        slowly(talk);
        DoubleStream figures = DoubleStream.empty();
        for (double rate : rates) {
            Measured measured = Steps.print(talk.send(rate, Duration.ofSeconds(seconds))).orFail();
            figures = DoubleStream.concat(figures, DoubleStream.of(Steps.figures(measured)));
        }
        return figures.toArray();
    }
}
