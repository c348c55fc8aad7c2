package dev.bocau.bench.load;

import dev.bocau.bench.subject.Subject.Ear;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.HdrHistogram.Histogram;

/// What was sent, what has arrived where and when, and what is wrong with it. Kept on the client
/// thread.
///
/// The content of a message is its number among those of its author and the moment when it was due.
public final class Books {
    private static final int KEPT_REASONS = 5;
    private static final int DIGITS = 3;
    private static final int STAMP_BYTES = 24;
    private static final int FIRST_MESSAGES = 64;

    private final String filling;
    private final Map<String, Written> written = new HashMap<>();
    private final List<String> reasons = new ArrayList<>();
    private Histogram confirmation = new Histogram(DIGITS);
    private Histogram delivery = new Histogram(DIGITS);
    private Histogram lastDelivery = new Histogram(DIGITS);
    private long sent;
    private long confirmed;
    private long expected;
    private long heard;
    private long doubled;
    private long misplaced;
    private long refused;

    /// Empty books.
    ///
    /// @param contentBytes about how long a message is to be
    public Books(int contentBytes) {
        this.filling = "x".repeat(Math.max(0, contentBytes - STAMP_BYTES));
    }

    /// A device that writes and hears nothing.
    public Author author() {
        return new Author();
    }

    /// A device that only receives.
    public Ear reader() {
        return new Reader();
    }

    /// A device that writes. Nobody else may write in its conversations.
    public final class Author implements Ear {
        private final Queue<Long> due = new ArrayDeque<>();

        private Author() {}

        /// Writes the next message of a conversation.
        ///
        /// @param readers how many devices are to hear it
        public String next(String conversation, int readers, long dueNs) {
            sent++;
            expected += readers;
            due.add(dueNs);
            int number =
                    written.computeIfAbsent(conversation, _ -> new Written(readers)).nextNumber();
            return number + " " + dueNs + " " + filling;
        }

        @Override
        public void confirmed() {
            Long since = due.poll();
            if (since == null) {
                doubled++;
            } else {
                confirmed++;
                confirmation.recordValue(System.nanoTime() - since);
            }
        }

        @Override
        public void heard(String conversation, String content) {
            doubled++;
        }

        @Override
        public void refused(String why) {
            refuse(why);
        }
    }

    /// The messages of a conversation, and how many have heard each.
    private static final class Written {
        private final int readers;
        private int[] heardBy = new int[FIRST_MESSAGES];
        private int last;

        Written(int readers) {
            this.readers = readers;
        }

        int nextNumber() {
            last++;
            if (last == heardBy.length) {
                heardBy = Arrays.copyOf(heardBy, 2 * last);
            }
            return last;
        }

        boolean heardByAll(int number) {
            heardBy[number]++;
            return heardBy[number] == readers;
        }
    }

    private final class Reader implements Ear {
        private final Map<String, Integer> last = new HashMap<>();

        @Override
        public void heard(String conversation, String content) {
            int space = content.indexOf(' ');
            int number = Integer.parseInt(content, 0, space, 10);
            long due = Long.parseLong(content, space + 1, content.indexOf(' ', space + 1), 10);
            int before = last.getOrDefault(conversation, 0);
            if (number <= before) {
                doubled++;
                return;
            }
            if (number > before + 1) {
                misplaced++;
            }
            last.put(conversation, number);
            heard++;
            long tookNs = System.nanoTime() - due;
            delivery.recordValue(tookNs);
            Written of = written.get(conversation);
            if (of != null && of.heardByAll(number)) {
                lastDelivery.recordValue(tookNs);
            }
        }

        @Override
        public void confirmed() {
            doubled++;
        }

        @Override
        public void refused(String why) {
            refuse(why);
        }
    }

    private void refuse(String why) {
        refused++;
        if (reasons.size() < KEPT_REASONS) {
            reasons.add(why);
        }
    }

    /// Whether everything was confirmed.
    public boolean confirmed() {
        return confirmed == sent;
    }

    /// On all devices together.
    public long heard() {
        return heard;
    }

    /// Whether everything has arrived.
    public boolean complete() {
        return confirmed == sent && heard == expected;
    }

    /// Begins a new page. What is on its way is counted on the new one: to be called when all has
    /// arrived.
    public void begin() {
        confirmation = new Histogram(DIGITS);
        delivery = new Histogram(DIGITS);
        lastDelivery = new Histogram(DIGITS);
        sent = 0;
        confirmed = 0;
        expected = 0;
        heard = 0;
        doubled = 0;
        misplaced = 0;
        refused = 0;
        reasons.clear();
    }

    /// The page as it stands.
    public Page page() {
        return new Page(
                sent,
                sent - confirmed,
                expected - heard,
                doubled,
                misplaced,
                refused,
                String.join("; ", reasons),
                heard,
                confirmation.copy(),
                delivery.copy(),
                lastDelivery.copy());
    }

    /// One measurement.
    ///
    /// @param confirmation from the moment when a message was due to its confirmation, in ns
    /// @param heard on all devices together
    /// @param delivery to each device that was to hear it, in ns
    /// @param lastDelivery to the last of them, in ns
    public record Page(
            long sent,
            long unconfirmed,
            long lost,
            long doubled,
            long misplaced,
            long refused,
            String reasons,
            long heard,
            Histogram confirmation,
            Histogram delivery,
            Histogram lastDelivery) {

        /// Whether the server has done what nothing excuses: told a message twice, or lost or
        /// overtaken one although it had not refused any.
        public boolean wrong() {
            return doubled > 0 || (refused == 0 && !right());
        }

        public boolean right() {
            return unconfirmed == 0 && lost == 0 && doubled == 0 && misplaced == 0 && refused == 0;
        }

        public String faults() {
            return "%d unconfirmed, %d lost, %d doubled, %d misplaced, %d refused %s"
                    .formatted(unconfirmed, lost, doubled, misplaced, refused, reasons);
        }
    }
}
