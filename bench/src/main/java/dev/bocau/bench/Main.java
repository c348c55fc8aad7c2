package dev.bocau.bench;

import dev.bocau.bench.machine.Fdatasync;
import dev.bocau.bench.machine.Loopback;
import dev.bocau.bench.scenario.Idle;
import dev.bocau.bench.scenario.Pairs;
import dev.bocau.bench.subject.Bocau;
import dev.bocau.bench.subject.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `./bocau bench`: a first look at what a server does on this machine.
@Command(
        name = "bench",
        description = "Measures Bocau on this machine, beside the limits of the machine.",
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
    private static final double LOW_RATE = 150;
    private static final double WARM_RATE = 2_000;
    private static final Duration LIMITS_TIME = Duration.ofSeconds(2);

    @Option(names = "--seconds", description = "of each step; default: ${DEFAULT-VALUE}")
    private int seconds = 10;

    @Option(names = "--pairs", description = "conversations of two; default: ${DEFAULT-VALUE}")
    private int pairs = 200;

    @Option(names = "--idle", description = "idle connections; default: ${DEFAULT-VALUE}")
    private int idle = 8_000;

    @Option(
            names = "--rates",
            split = ",",
            description = "sends per second, instead of looking for the highest that holds")
    private List<Double> rates = List.of();

    @Option(
            names = "--folder",
            description = "on the disk that is to be measured; default: ${DEFAULT-VALUE}")
    private Path folder = Path.of("bench", "target");

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(folder);
        Path here = Files.createTempDirectory(folder.toAbsolutePath(), "run-");
        try {
            Fdatasync sync = Fdatasync.measure(here, LIMITS_TIME);
            Loopback loopback = Loopback.measure(LIMITS_TIME);
            say(
                    "fdatasync of 4 KiB, one after the other",
                    "%,.0f/s, p50 %.2f ms".formatted(sync.perSecond(), sync.p50Ns() / 1e6));
            say(
                    "loopback round trip",
                    "%,.0f/s, p50 %.3f ms".formatted(loopback.perSecond(), loopback.p50Ns() / 1e6));
            boolean right = sends(here, sync, loopback);
            if (idle > 0) {
                idle(here);
            }
            return right ? 0 : 1;
        } finally {
            remove(here);
        }
    }

    private boolean sends(Path here, Fdatasync sync, Loopback loopback) throws IOException {
        try (Subject subject = new Bocau(here.resolve("pairs"), Map.of())) {
            Pairs talk = new Pairs(subject, pairs);
            Duration time = Duration.ofSeconds(seconds);
            System.out.printf(
                    "%n%s, %s: %d conversations of two with two devices each, 100 bytes%n",
                    subject.name(), subject.durability(), pairs);
            heading();
            talk.send(WARM_RATE, time);
            Pairs.Measured low = talk.send(LOW_RATE, time);
            row(low);
            for (double rate : rates) {
                row(talk.send(rate, time));
            }
            if (!rates.isEmpty()) {
                return low.page().right();
            }
            Pairs.Measured peak = talk.peak(WARM_RATE, time, Main::row);
            Fdatasync after = Fdatasync.measure(here, LIMITS_TIME);
            double syncs = (sync.perSecond() + after.perSecond()) / 2;
            System.out.println();
            say(
                    "highest rate that held",
                    "%,.0f/s = %.1f x the rate of fdatasync"
                            .formatted(peak.perSecond(), peak.perSecond() / syncs));
            double limitNs = sync.p50Ns() + loopback.p50Ns();
            say(
                    "send to other devices at %.0f/s".formatted(LOW_RATE),
                    "p50 %.2f ms = %.1f x (fdatasync + round trip)"
                            .formatted(low.deliveryMs(50), low.deliveryMs(50) * 1e6 / limitNs));
            return low.page().right();
        }
    }

    private void idle(Path here) throws IOException {
        Map<String, String> roomy = Map.of("BOCAU_LIMITS_CONNECTIONS", "100000");
        try (Subject subject = new Bocau(here.resolve("idle"), roomy)) {
            Idle.Measured measured = Idle.measure(subject, idle);
            say(
                    "an idle connection, of %,d".formatted(measured.connected()),
                    "%,.0f bytes of live heap, %,.0f of memory in all"
                            .formatted(measured.heapBytes(), measured.residentBytes()));
        }
    }

    private static void say(String what, String figures) {
        System.out.printf("%-42s %s%n", what, figures);
    }

    private static void heading() {
        System.out.printf(
                "%8s %28s %28s %23s%n",
                "", "to confirmation, ms", "to the other devices, ms", "CPU s per 1,000 sends");
        System.out.printf(
                "%8s %9s %9s %8s %9s %9s %8s %11s %11s%n",
                "sends/s", "p50", "p99", "p99.9", "p50", "p99", "p99.9", "server", "generator");
    }

    private static void row(Pairs.Measured measured) {
        System.out.printf(
                "%8.0f %9.2f %9.2f %8.2f %9.2f %9.2f %8.2f %11.3f %11.3f %s%n",
                measured.perSecond(),
                measured.confirmationMs(50),
                measured.confirmationMs(99),
                measured.confirmationMs(99.9),
                measured.deliveryMs(50),
                measured.deliveryMs(99),
                measured.deliveryMs(99.9),
                measured.serverCpuPerThousand(),
                measured.ownCpuPerThousand(),
                measured.page().right() ? "" : measured.page().faults());
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
