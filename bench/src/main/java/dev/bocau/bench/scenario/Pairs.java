package dev.bocau.bench.scenario;

import dev.bocau.bench.load.Books;
import dev.bocau.bench.load.OpenLoop;
import dev.bocau.bench.machine.Usage;
import dev.bocau.bench.subject.ClientThread;
import dev.bocau.bench.subject.Subject;
import dev.bocau.bench.subject.Subject.Client;
import dev.bocau.bench.subject.Subject.Pair;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Conversations of two with two devices each. One device writes; the other three hear it.
public final class Pairs {
    private static final int CONTENT_BYTES = 100;
    private static final int READERS = 3;
    private static final double CLIMB = 1.5;
    private static final double PRECISION = 1.1;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Subject subject;
    private final Books books = new Books(CONTENT_BYTES);
    private final List<Writer> writers = new ArrayList<>();

    private record Writer(Client client, Books.Author author, String conversation) {
        void write(long dueNs) {
            client.send(conversation, author.next(dueNs));
        }
    }

    /// Makes the conversations and connects the devices.
    public Pairs(Subject subject, int count) throws IOException {
        this.subject = subject;
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(new Pair("pair-" + i, "one-" + i, "other-" + i));
        }
        subject.prepare(pairs);
        for (Pair pair : pairs) {
            subject.connect(pair.one(), "laptop", books.new Reader());
            subject.connect(pair.other(), "phone", books.new Reader());
            subject.connect(pair.other(), "laptop", books.new Reader());
            Books.Author author = books.new Author(READERS);
            Client client = subject.connect(pair.one(), "phone", author);
            writers.add(new Writer(client, author, pair.conversation()));
        }
    }

    /// Sends at a rate for some time and waits until all has arrived, or some time.
    public Measured send(double perSecond, Duration time) {
        ClientThread.call(() -> {
            books.begin();
            return true;
        });
        Usage before = Usage.of(subject.pids());
        Usage ownBefore = Usage.ofThisProcess();
        OpenLoop.run(
                perSecond,
                time,
                (number, dueNs) -> writers.get((int) (number % writers.size())).write(dueNs));
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!ClientThread.call(books::complete) && System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        Usage after = Usage.of(subject.pids());
        Usage ownAfter = Usage.ofThisProcess();
        return new Measured(
                perSecond,
                ClientThread.call(books::page),
                after.cpuSeconds() - before.cpuSeconds(),
                ownAfter.cpuSeconds() - ownBefore.cpuSeconds());
    }

    /// The highest rate that holds: everything arrives, and 99 of 100 in time. Climbs by steps of a
    /// half and then goes between the last two.
    ///
    /// @param tried is told of every step
    /// @return the best of them, or the first one if it did not hold
    public Measured peak(double from, Duration time, Consumer<Measured> tried) {
        Measured best = send(from, time);
        tried.accept(best);
        double fails = 0;
        while (best.holds() && (fails == 0 || fails / best.perSecond() > PRECISION)) {
            double rate =
                    fails == 0 ? best.perSecond() * CLIMB : Math.sqrt(best.perSecond() * fails);
            Measured measured = send(rate, time);
            tried.accept(measured);
            if (measured.holds()) {
                best = measured;
            } else {
                fails = rate;
            }
        }
        return best;
    }

    /// One step.
    ///
    /// @param serverCpuSeconds of all processes of the server, from the first message to the last
    /// @param ownCpuSeconds of the load generator
    public record Measured(
            double perSecond, Books.Page page, double serverCpuSeconds, double ownCpuSeconds) {
        private static final double IN_TIME_MS = 100;

        boolean holds() {
            return page.right() && deliveryMs(99) <= IN_TIME_MS;
        }

        public double deliveryMs(double percentile) {
            return page.delivery().getValueAtPercentile(percentile) / 1e6;
        }

        public double confirmationMs(double percentile) {
            return page.confirmation().getValueAtPercentile(percentile) / 1e6;
        }

        public double serverCpuPerThousand() {
            return serverCpuSeconds * 1_000 / page.sent();
        }

        public double ownCpuPerThousand() {
            return ownCpuSeconds * 1_000 / page.sent();
        }
    }
}
