package dev.bocau.bench.scenario;

import dev.bocau.bench.load.Books;
import dev.bocau.bench.machine.Limits;
import dev.bocau.bench.subject.ClientThread;
import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.Subject;
import dev.bocau.bench.subject.Subject.Conversation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What a device pays for coming back: one that is far behind, and one that has missed nothing.
@Command(
        name = "catch-up",
        mixinStandardHelpOptions = true,
        description =
                "One device comes back: far behind, or with nothing missed in many conversations.")
public final class CatchUp implements Callable<Integer> {
    private static final int WRITERS = 10;
    private static final int REPEATS = 9;

    @Mixin private Comparison comparison = new Comparison();

    @Option(names = "--behind", description = "messages; default: ${DEFAULT-VALUE}")
    private int behind = 10_000;

    @Option(
            names = "--conversations",
            description = "of the device that missed nothing; default: ${DEFAULT-VALUE}")
    private int conversations = 2_000;

    @Option(names = "--fill-rate", description = "sends a second before; default: ${DEFAULT-VALUE}")
    private double fillRate = 1_000;

    @Override
    public Integer call() throws IOException {
        String what =
                "A device comes back: %,d messages behind in %d conversations; or with nothing missed in %,d conversations (median of %d)"
                        .formatted(behind, WRITERS, conversations, REPEATS);
        Table table =
                new Table(
                        "server",
                        new Table.Column("%,d behind: all there, ms".formatted(behind), "%,.1f"),
                        new Table.Column("bytes", "%,.0f"),
                        new Table.Column("nothing missed: back, ms", "%.2f"),
                        new Table.Column("bytes", "%,.0f"));
        return comparison.run(what, table, this::measure);
    }

    private double[] measure(Subject subject, Limits limits) throws IOException {
        if (!subject.catchesUp()) {
            throw new Comparison.Unable("cannot: keeps nothing for devices that are away");
        }
        double[] far = farBehind(subject);
        double[] near = nothingMissed(subject);
        return new double[] {far[0], far[1], near[0], near[1]};
    }

    private double[] farBehind(Subject subject) throws IOException {
        Talk talk = new Talk(subject);
        Device device = converse(subject, talk, "far", WRITERS);
        device.disconnect();
        talk.fill(fillRate, behind / WRITERS);
        return comeBack(device, talk);
    }

    private double[] nothingMissed(Subject subject) throws IOException {
        Talk talk = new Talk(subject);
        Device device = converse(subject, talk, "near", conversations);
        talk.fill(fillRate, 1);
        if (!talk.complete()) {
            throw new IOException("before: " + talk.page().faults());
        }
        double[] ms = new double[REPEATS];
        double bytes = 0;
        for (int i = 0; i < REPEATS; i++) {
            device.disconnect();
            double[] back = comeBack(device, talk);
            ms[i] = back[0];
            bytes = back[1];
        }
        Arrays.sort(ms);
        return new double[] {ms[REPEATS / 2], bytes};
    }

    /// A connected device whose user has conversations with others, who are connected and write.
    private static Device converse(Subject subject, Talk talk, String name, int count)
            throws IOException {
        List<Conversation> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String other = name + "-writer-" + i;
            made.add(new Conversation(name + "-" + i, List.of(name, other)));
        }
        subject.prepare(made);
        Device device = talk.reader(name, "phone");
        device.connect();
        for (Conversation conversation : made) {
            Talk.Writer writer = talk.writer(conversation.members().getLast());
            writer.device().connect();
            talk.add(writer, conversation.id(), 1);
        }
        return device;
    }

    /// Milliseconds and bytes until the device is back and has heard everything.
    private static double[] comeBack(Device device, Talk talk) throws IOException {
        long start = System.nanoTime();
        device.connect();
        boolean complete = talk.complete();
        double ms = (System.nanoTime() - start) / 1e6;
        Books.Page page = talk.page();
        if (!complete || !page.right()) {
            throw new IOException("catching up: " + page.faults());
        }
        return new double[] {ms, ClientThread.call(device::bytes)};
    }
}
