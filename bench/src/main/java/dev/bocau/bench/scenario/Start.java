package dev.bocau.bench.scenario;

import dev.bocau.bench.load.Books;
import dev.bocau.bench.machine.Machine;
import dev.bocau.bench.subject.ClientThread;
import dev.bocau.bench.subject.Subject.Conversation;
import dev.bocau.bench.subject.bocau.Bocau;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How long Bocau takes until it accepts a connection: with an empty store, and with a large one.
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        description = "From the start of Bocau's process to its first connection.")
public final class Start implements Callable<Integer> {
    private static final int WRITERS = 200;
    private static final int ROUND = 1_000;

    @Option(names = "--messages", description = "that are in the store; default: ${DEFAULT-VALUE}")
    private int messages = 10_000_000;

    @Option(names = "--fill-rate", description = "sends a second before; default: ${DEFAULT-VALUE}")
    private double fillRate = 12_000;

    @Option(names = "--times", description = "of each; default: ${DEFAULT-VALUE}")
    private int times = 5;

    @Option(names = "--folder", description = "default: ${DEFAULT-VALUE}")
    private Path folder = Path.of("bench", "target");

    @Override
    public Integer call() throws IOException {
        System.out.println(Machine.described() + "\n");
        Files.createDirectories(folder);
        Path here = Files.createTempDirectory(folder.toAbsolutePath(), "start-");
        try {
            String empty = started(here);
            fill(here);
            String full = started(here);
            System.out.printf(
                    "| first connection after, ms | of %d starts |%n|---|---|%n| empty store | %s |%n| %,d messages | %s |%n",
                    times, empty, messages, full);
        } finally {
            Comparison.remove(here);
        }
        return 0;
    }

    private String started(Path here) throws IOException {
        double[] ms = new double[times];
        for (int i = 0; i < times; i++) {
            Machine.settle();
            try (Bocau bocau = new Bocau(here)) {
                ms[i] = bocau.acceptedAfterNs() / 1e6;
            }
        }
        Arrays.sort(ms);
        return "%,.0f (%,.0f to %,.0f)".formatted(ms[times / 2], ms[0], ms[times - 1]);
    }

    /// Groups of one, who writes.
    private void fill(Path here) throws IOException {
        try (Bocau bocau = new Bocau(here)) {
            List<Conversation> alone =
                    IntStream.range(0, WRITERS)
                            .mapToObj(i -> new Conversation("alone-" + i, List.of("writer-" + i)))
                            .toList();
            bocau.prepare(alone);
            Talk talk = new Talk(bocau, ClientThread.MAIN);
            for (Conversation each : alone) {
                Talk.Writer writer = talk.writer(each.members().getFirst());
                writer.device().connect(ClientThread.MAIN);
                talk.add(writer, each.id(), 0);
            }
            int left = messages / WRITERS;
            while (left > 0) {
                talk.begin();
                talk.fill(fillRate, Math.min(left, ROUND));
                left -= ROUND;
            }
            Books.Page page = talk.page();
            if (!page.right()) {
                throw new IOException("while filling: " + page.faults());
            }
        }
    }
}
