package dev.bocau.bench.scenario;

import dev.bocau.bench.load.Books;
import dev.bocau.bench.machine.Limits;
import dev.bocau.bench.subject.ClientThread;
import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.Subject;
import dev.bocau.bench.subject.Subject.Conversation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
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
    private static final int FAR_DEVICES = 5;
    private static final int NEAR_TIMES = 199;

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
                "A device comes back: %,d messages behind in %d conversations (median of %d devices, the second time); or with nothing missed in %,d conversations (median of %d times)"
                        .formatted(behind, WRITERS, FAR_DEVICES, conversations, NEAR_TIMES);
        Table table =
                new Table(
                        "server",
                        new Table.Column("%,d behind: all there, ms".formatted(behind), "%,.1f"),
                        new Table.Column("bytes", "%,.0f"),
                        new Table.Column("nothing missed: back, ms", "%.2f"),
                        new Table.Column("bytes", "%,.0f"));
        return comparison.run(what, table, this::measure);
    }

    private double[] measure(Subject subject, Limits limits, Consumer<String> remark)
            throws IOException {
        if (!subject.catchesUp()) {
            throw new Comparison.Unable("cannot: keeps nothing for devices that are away");
        }
        double[] far = farBehind(subject);
        double[] near = nothingMissed(subject);
        return new double[] {far[0], far[1], near[0], near[1]};
    }

    private double[] farBehind(Subject subject) throws IOException {
        Talk talk = new Talk(subject, ClientThread.MAIN);
        List<Device> devices = converse(subject, talk, "far", WRITERS, FAR_DEVICES);
        backTogether(devices, talk, 0);
        return median(talk, backTogether(devices, talk, (long) FAR_DEVICES * behind));
    }

    /// One after the other.
    ///
    /// @param before what all of them have heard before
    private List<double[]> backTogether(List<Device> devices, Talk talk, long before)
            throws IOException {
        for (Device device : devices) {
            device.disconnect();
        }
        talk.fill(fillRate, behind / WRITERS);
        List<double[]> back = new ArrayList<>();
        for (Device device : devices) {
            back.add(comeBack(device, talk, before + (back.size() + 1L) * behind));
        }
        return back;
    }

    private double[] nothingMissed(Subject subject) throws IOException {
        Talk talk = new Talk(subject, ClientThread.MAIN);
        Device device = converse(subject, talk, "near", conversations, 1).getFirst();
        talk.fill(fillRate, 1);
        if (!talk.complete()) {
            throw new IOException("before: " + talk.page().faults());
        }
        List<double[]> back = new ArrayList<>();
        for (int i = 0; i < NEAR_TIMES; i++) {
            device.disconnect();
            back.add(comeBack(device, talk, conversations));
        }
        return median(talk, back);
    }

    /// Connected devices of a user who has conversations with others, who are connected and write.
    private static List<Device> converse(
            Subject subject, Talk talk, String user, int conversations, int devices)
            throws IOException {
        List<Conversation> made = new ArrayList<>();
        for (int i = 0; i < conversations; i++) {
            made.add(new Conversation(user + "-" + i, List.of(user, user + "-writer-" + i)));
        }
        subject.prepare(made);
        List<Device> readers = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            Device reader = talk.reader(user, "device-" + i);
            reader.connect(ClientThread.MAIN);
            readers.add(reader);
        }
        for (Conversation conversation : made) {
            Talk.Writer writer = talk.writer(conversation.members().getLast());
            writer.device().connect(ClientThread.MAIN);
            talk.add(writer, conversation.id(), devices);
        }
        return readers;
    }

    /// Milliseconds and bytes until the device is back and so much was heard.
    private static double[] comeBack(Device device, Talk talk, long heard) throws IOException {
        long start = System.nanoTime();
        device.connect(ClientThread.MAIN);
        if (!talk.heard(heard)) {
            throw new IOException("catching up: " + talk.page().faults());
        }
        double ms = (System.nanoTime() - start) / 1e6;
        return new double[] {ms, ClientThread.MAIN.call(device::bytes)};
    }

    private static double[] median(Talk talk, List<double[]> back) throws IOException {
        Books.Page page = talk.page();
        if (!page.right()) {
            throw new IOException("catching up: " + page.faults());
        }
        back.sort(Comparator.comparingDouble(each -> each[0]));
        return back.get(back.size() / 2);
    }
}
