package dev.bocau.bench.scenario;

import dev.bocau.bench.load.Books;
import dev.bocau.bench.load.OpenLoop;
import dev.bocau.bench.machine.Usage;
import dev.bocau.bench.subject.ClientThread;
import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.Subject;
import dev.bocau.bench.subject.Subject.Conversation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// Conversations in which one device writes and others hear it, and the books on them.
final class Talk {
    private static final int CONTENT_BYTES = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Subject subject;
    private final ClientThread thread;
    private final Books books = new Books(CONTENT_BYTES);
    private final List<Part> parts = new ArrayList<>();

    /// Not everything has arrived: it is lost, or still on its way.
    static final class Unfinished extends IOException {
        private static final long serialVersionUID = 1;

        Unfinished(Measured measured) {
            super(
                    "at %,.0f/s, not all there after %d s: %s"
                            .formatted(
                                    measured.perSecond(),
                                    PATIENCE.toSeconds(),
                                    measured.page().faults()));
        }
    }

    /// A device that writes, not connected yet.
    record Writer(Device device, Books.Author author) {}

    private record Part(Writer writer, String conversation, int readers) {
        void write(long dueNs) {
            String content = writer.author().next(conversation, readers, dueNs);
            writer.device().send(conversation, content);
        }
    }

    /// @param thread on which all its devices are to live
    Talk(Subject subject, ClientThread thread) {
        this.subject = subject;
        this.thread = thread;
    }

    /// So many conversations of two with two devices each, all connected.
    static Talk ofPairs(Subject subject, int count) throws IOException {
        Talk talk = new Talk(subject, ClientThread.MAIN);
        List<Conversation> pairs =
                IntStream.range(0, count)
                        .mapToObj(i ->
                                new Conversation("pair-" + i, List.of("one-" + i, "other-" + i)))
                        .toList();
        subject.prepare(pairs);
        for (Conversation pair : pairs) {
            String one = pair.members().getFirst();
            String other = pair.members().getLast();
            talk.reader(one, "laptop").connect(talk.thread);
            talk.reader(other, "phone").connect(talk.thread);
            talk.reader(other, "laptop").connect(talk.thread);
            Writer writer = talk.writer(one);
            writer.device().connect(talk.thread);
            talk.add(writer, pair.id(), 3);
        }
        return talk;
    }

    /// One group of members with one device each, all connected.
    static Talk ofGroup(Subject subject, int members) throws IOException {
        Talk talk = new Talk(subject, ClientThread.MAIN);
        List<String> users = IntStream.range(0, members).mapToObj(i -> "member-" + i).toList();
        subject.prepare(List.of(new Conversation("group", users)));
        Writer writer = talk.writer(users.getFirst());
        writer.device().connect(talk.thread);
        for (String user : users.subList(1, members)) {
            talk.reader(user, "phone").connect(talk.thread);
        }
        talk.add(writer, "group", members - 1);
        return talk;
    }

    /// A device that only hears, not connected yet.
    Device reader(String user, String device) {
        return subject.device(user, device, books.reader());
    }

    /// The phone of a user, who alone will write in some conversations.
    Writer writer(String user) {
        Books.Author author = books.author();
        return new Writer(subject.device(user, "phone", author), author);
    }

    /// From now on the writer takes its turns in a conversation, too.
    ///
    /// @param readers how many devices are to hear it
    void add(Writer writer, String conversation, int readers) {
        parts.add(new Part(writer, conversation, readers));
    }

    /// Sends at a rate for some time and waits until all has arrived.
    ///
    /// @throws Unfinished if it did not: nothing can be measured with this talk any more
    Measured send(double perSecond, Duration time) throws Unfinished {
        begin();
        Usage before = Usage.of(subject.pids());
        Usage ownBefore = Usage.ofThisProcess();
        OpenLoop.run(thread, perSecond, time, this::write);
        boolean complete = complete();
        Usage after = Usage.of(subject.pids());
        Usage ownAfter = Usage.ofThisProcess();
        Measured measured =
                new Measured(
                        perSecond,
                        page(),
                        after.cpuSeconds() - before.cpuSeconds(),
                        ownAfter.cpuSeconds() - ownBefore.cpuSeconds());
        if (!complete) {
            throw new Unfinished(measured);
        }
        return measured;
    }

    /// Sends at a rate as long as something goes on.
    void sendWhile(double perSecond, BooleanSupplier going) {
        OpenLoop.runWhile(thread, perSecond, going, this::write);
    }

    /// Sends some messages in each conversation and waits until all were confirmed; whether anybody
    /// hears them is for {@link #complete} to say.
    void fill(double perSecond, int messages) throws IOException {
        double seconds = parts.size() * messages / perSecond;
        OpenLoop.run(thread, perSecond, Duration.ofNanos((long) (seconds * 1e9)), this::write);
        if (!await(books::confirmed)) {
            throw new IOException("while filling: " + page().faults());
        }
    }

    void begin() {
        thread.call(() -> {
            books.begin();
            return true;
        });
    }

    private void write(long number, long dueNs) {
        parts.get((int) (number % parts.size())).write(dueNs);
    }

    /// Waits until all has arrived, or some time.
    boolean complete() {
        return await(books::complete);
    }

    /// Waits until so much was heard on all devices together, or some time.
    boolean heard(long messages) {
        return await(() -> books.heard() >= messages);
    }

    private boolean await(BooleanSupplier question) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!thread.call(question::getAsBoolean)) {
            if (System.nanoTime() > until) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return true;
    }

    Books.Page page() {
        return thread.call(books::page);
    }
}
