package dev.bocau.bench.scenario;

import dev.bocau.bench.machine.Limits;
import dev.bocau.bench.subject.Subject;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// One large group with one device to a member.
@Command(
        name = "group",
        mixinStandardHelpOptions = true,
        description = "One large group: until the last member has it, and the highest rate.")
public final class Group implements Callable<Integer> {
    private static final double IN_TIME_MS = 500;

    @Mixin private Comparison comparison = new Comparison();

    @Option(names = "--members", description = "default: ${DEFAULT-VALUE}")
    private int members = 1_000;

    @Option(names = "--seconds", description = "of each step; default: ${DEFAULT-VALUE}")
    private int seconds = 10;

    @Option(names = "--rate", description = "sends a second; default: ${DEFAULT-VALUE}")
    private double rate = 5;

    @Override
    public Integer call() throws IOException {
        String what =
                "A group of %,d with one device each; one writes, the others hear it; 100 bytes; %d s a step"
                        .formatted(members, seconds);
        Table table =
                new Table(
                        "server",
                        new Table.Column("at %.0f sends/s: ✓ p50, ms".formatted(rate), "%.2f"),
                        new Table.Column("delivered p50, ms", "%.2f"),
                        new Table.Column("p99", "%.2f"),
                        new Table.Column("to the last p50, ms", "%.2f"),
                        new Table.Column("p99", "%.2f"),
                        new Table.Column("highest rate (p99 ≤ 500 ms): deliveries/s", "%,.0f"),
                        new Table.Column("deliveries per CPU s of the server", "%,.0f"));
        return comparison.run(what, table, this::measure);
    }

    private double[] measure(Subject subject, Limits limits, Consumer<String> remark)
            throws IOException {
        Duration time = Duration.ofSeconds(seconds);
        Talk talk = Talk.ofGroup(subject, members);
        Steps.heading();
        talk.send(rate, time);
        Measured slow = Steps.print(talk.send(rate, time)).orFail();
        Measured peak = new Climb(2 * rate, time, IN_TIME_MS).of(talk, slow, remark);
        return new double[] {
            slow.confirmationMs(50),
            slow.deliveryMs(50),
            slow.deliveryMs(99),
            slow.lastDeliveryMs(50),
            slow.lastDeliveryMs(99),
            peak.perSecond() * (members - 1),
            peak.page().heard() / peak.serverCpuSeconds()
        };
    }
}
