package dev.bocau.bench.scenario;

import dev.bocau.bench.load.Books;
import dev.bocau.bench.machine.Limits;
import dev.bocau.bench.machine.Usage;
import dev.bocau.bench.subject.ClientThread;
import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.Subject;
import dev.bocau.bench.subject.Subject.Conversation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Many devices come back at once, each with something to catch up on, while others talk. A server
/// that compiles what it does often does so the first time, so they leave and come back once more.
@Command(
        name = "reconnect",
        mixinStandardHelpOptions = true,
        description = "Many devices come back at once, all of them behind, while others talk.")
public final class Reconnect implements Callable<Integer> {
    private static final int WRITERS = 20;
    private static final int AT_ONCE = 100;

    @Mixin private Comparison comparison = new Comparison();

    @Option(names = "--devices", description = "that come back; default: ${DEFAULT-VALUE}")
    private int devices = 2_000;

    @Option(names = "--behind", description = "messages, each; default: ${DEFAULT-VALUE}")
    private int behind = 20;

    @Option(
            names = "--fill-rate",
            description = "at which these are sent before; default: ${DEFAULT-VALUE}")
    private double fillRate = 1_000;

    @Option(
            names = "--rate",
            description = "sends a second of those who talk; default: ${DEFAULT-VALUE}")
    private double rate = 200;

    @Option(
            names = "--pairs",
            description = "conversations of those who talk; default: ${DEFAULT-VALUE}")
    private int pairs = 50;

    @Option(
            names = "--seconds",
            description = "for which they talk undisturbed; default: ${DEFAULT-VALUE}")
    private int seconds = 10;

    @Override
    public Integer call() throws IOException {
        String what =
                "%,d devices, each %d messages behind, come back at once; meanwhile %d conversations of two with two devices each, %.0f sends/s"
                        .formatted(devices, behind, pairs, rate);
        Table table =
                new Table(
                        "server",
                        new Table.Column("all caught up for the first time, s", "%.2f"),
                        new Table.Column("when they come again, s", "%.2f"),
                        new Table.Column("CPU s of the server", "%.2f"),
                        new Table.Column("undisturbed: delivered p50, ms", "%.2f"),
                        new Table.Column("p99", "%.2f"),
                        new Table.Column("meanwhile: p50", "%.2f"),
                        new Table.Column("p99", "%.2f"),
                        new Table.Column("max", "%.2f"));
        return comparison.run(what, table, this::measure);
    }

    private double[] measure(Subject subject, Limits limits, Consumer<String> remark)
            throws IOException {
        if (!subject.catchesUp()) {
            throw new Comparison.Unable("cannot: keeps nothing for devices that are away");
        }
        Talk others = Talk.ofPairs(subject, pairs);
        Talk talk = new Talk(subject, ClientThread.ASIDE);
        List<Device> crowd = prepare(subject, talk);
        Crowd.each(crowd, AT_ONCE, device -> device.connect(ClientThread.ASIDE));
        Round first = round(subject, talk, crowd, others);
        Measured undisturbed = others.send(rate, Duration.ofSeconds(seconds)).orFail();
        Round again = round(subject, talk, crowd, others);
        return new double[] {
            first.seconds,
            again.seconds,
            again.cpuSeconds,
            undisturbed.deliveryMs(50),
            undisturbed.deliveryMs(99),
            Measured.ms(again.others.delivery(), 50),
            Measured.ms(again.others.delivery(), 99),
            Measured.ms(again.others.delivery(), 100)
        };
    }

    /// @param seconds until all had caught up
    /// @param cpuSeconds of the server
    /// @param others what those heard who talked meanwhile
    private record Round(double seconds, double cpuSeconds, Books.Page others) {}

    /// All leave, miss something and come back.
    private Round round(Subject subject, Talk talk, List<Device> crowd, Talk others)
            throws IOException {
        Crowd.each(crowd, AT_ONCE, Device::disconnect);
        talk.fill(fillRate, behind);
        others.send(rate, Duration.ofSeconds(seconds));
        others.begin();
        AtomicBoolean going = new AtomicBoolean(true);
        Thread talking = Thread.ofPlatform().start(() -> others.sendWhile(rate, going::get));
        Usage before = Usage.of(subject.pids());
        long start = System.nanoTime();
        boolean complete;
        try {
            Crowd.each(crowd, devices, device -> device.connect(ClientThread.ASIDE));
            complete = talk.complete();
        } finally {
            going.set(false);
        }
        double tookSeconds = (System.nanoTime() - start) / 1e9;
        Usage after = Usage.of(subject.pids());
        join(talking);
        Books.Page caughtUp = talk.page();
        if (!complete || !caughtUp.right()) {
            throw new IOException("catching up: " + caughtUp.faults());
        }
        boolean heard = others.complete();
        Books.Page meanwhile = others.page();
        if (!heard || !meanwhile.right()) {
            throw new IOException("meanwhile: " + meanwhile.faults());
        }
        return new Round(tookSeconds, after.cpuSeconds() - before.cpuSeconds(), meanwhile);
    }

    /// Conversations in which each device hears one of the writers, who are connected.
    private List<Device> prepare(Subject subject, Talk talk) throws IOException {
        List<Conversation> conversations = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            List<String> members = List.of("back-" + i, "writer-" + i % WRITERS);
            conversations.add(new Conversation("back-" + i, members));
        }
        subject.prepare(conversations);
        List<Talk.Writer> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Talk.Writer writer = talk.writer("writer-" + i);
            writer.device().connect(ClientThread.ASIDE);
            writers.add(writer);
        }
        List<Device> readers = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            Conversation conversation = conversations.get(i);
            readers.add(talk.reader(conversation.members().getFirst(), "phone"));
            talk.add(writers.get(i % WRITERS), conversation.id(), 1);
        }
        return readers;
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
