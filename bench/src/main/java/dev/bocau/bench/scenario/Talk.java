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
import java.util.stream.IntStream;

/// Conversations in which one device writes and all others hear it, and the books on them.
final class Talk {
    private static final int CONTENT_BYTES = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Subject subject;
    private final Books books = new Books(CONTENT_BYTES);
    private final List<Writer> writers = new ArrayList<>();

    private record Writer(Device device, Books.Author author, String conversation) {
        void write(long dueNs) {
            device.send(conversation, author.next(dueNs));
        }
    }

    private Talk(Subject subject) {
        this.subject = subject;
    }

    /// So many conversations of two with two devices each, all connected.
    static Talk ofPairs(Subject subject, int count) throws IOException {
        Talk talk = new Talk(subject);
        List<Conversation> pairs =
                IntStream.range(0, count)
                        .mapToObj(i ->
                                new Conversation("pair-" + i, List.of("one-" + i, "other-" + i)))
                        .toList();
        subject.prepare(pairs);
        for (Conversation pair : pairs) {
            String one = pair.members().getFirst();
            String other = pair.members().getLast();
            subject.device(one, "laptop", talk.books.reader()).connect();
            subject.device(other, "phone", talk.books.reader()).connect();
            subject.device(other, "laptop", talk.books.reader()).connect();
            talk.writer(one, pair, 3).connect();
        }
        return talk;
    }

    /// One group of members with one device each, all connected.
    static Talk ofGroup(Subject subject, int members) throws IOException {
        Talk talk = new Talk(subject);
        List<String> users = IntStream.range(0, members).mapToObj(i -> "member-" + i).toList();
        Conversation group = new Conversation("group", users);
        subject.prepare(List.of(group));
        for (String reader : users.subList(1, members)) {
            subject.device(reader, "phone", talk.books.reader()).connect();
        }
        talk.writer(users.getFirst(), group, members - 1).connect();
        return talk;
    }

    private Device writer(String user, Conversation conversation, int readers) {
        Books.Author author = books.author(conversation.id(), readers);
        Device device = subject.device(user, "phone", author);
        writers.add(new Writer(device, author, conversation.id()));
        return device;
    }

    /// Sends at a rate for some time and waits until all has arrived.
    ///
    /// @throws IOException if it did not arrive: nothing can be measured with this talk any more
    Measured send(double perSecond, Duration time) throws IOException {
        begin();
        Usage before = Usage.of(subject.pids());
        Usage ownBefore = Usage.ofThisProcess();
        OpenLoop.run(perSecond, time, this::write);
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
            throw new IOException("at %,.0f/s: %s".formatted(perSecond, measured.page().faults()));
        }
        return measured;
    }

    void begin() {
        ClientThread.call(() -> {
            books.begin();
            return true;
        });
    }

    void write(long number, long dueNs) {
        writers.get((int) (number % writers.size())).write(dueNs);
    }

    /// Waits until all has arrived, or some time.
    boolean complete() {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!ClientThread.call(books::complete)) {
            if (System.nanoTime() > until) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return true;
    }

    Books.Page page() {
        return ClientThread.call(books::page);
    }
}
