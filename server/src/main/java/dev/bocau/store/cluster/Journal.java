package dev.bocau.store.cluster;

import dev.bocau.model.ConversationId;
import dev.bocau.model.MessageId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Where this node writes down, before it takes a step on a conversation, that it may leave
/// something half done there: should it die, another one finds it and repairs it ({@link
/// Adoption}).
///
/// One row per conversation and slice of time. A slice is over once all of its steps are settled;
/// what is before the first that is not need not be looked at.
final class Journal {
    private final Cassandra cassandra;
    private final Installation installation;
    private final UUID node;
    private final TreeMap<Long, Slice> slices = new TreeMap<>();
    private long beat;

    /// The steps of a time that are not settled, and the conversations that are written down.
    private static final class Slice {
        private final Map<ConversationId, CompletableFuture<@Nullable Void>> written =
                new HashMap<>();
        private int steps;
    }

    /// Of one step: to be settled once it is denied for certain, or put into all logs.
    final class Intent {
        private final long slice;
        private boolean settled;

        private Intent(long slice) {
            this.slice = slice;
        }

        void settled() {
            synchronized (Journal.this) {
                Slice of = slices.get(slice);
                if (of != null && !settled) {
                    settled = true;
                    of.steps--;
                }
            }
        }
    }

    /// @throws Refused if it cannot be begun
    Journal(Cassandra cassandra, Installation installation, UUID node) {
        this.cassandra = cassandra;
        this.installation = installation;
        this.node = node;
        slices.put(0L, new Slice());
        write(0, 0);
    }

    UUID node() {
        return node;
    }

    /// Writes down a step on a conversation, unless that was done a moment ago.
    ///
    /// @throws Refused if it cannot be written: then the step is not to be taken
    Intent intend(Touched touched) {
        ConversationId conversation = touched.conversation();
        Intent intent;
        CompletableFuture<@Nullable Void> row;
        boolean writes;
        synchronized (this) {
            Slice slice = slices.lastEntry().getValue();
            slice.steps++;
            intent = new Intent(slices.lastKey());
            writes = !slice.written.containsKey(conversation) || touched.isMore();
            row = slice.written.computeIfAbsent(conversation, it -> new CompletableFuture<>());
        }
        try {
            if (writes) {
                write(intent.slice, touched);
                row.complete(null);
            } else {
                row.join();
            }
            return intent;
        } catch (CompletionException | Refused e) {
            Refused refused = e instanceof Refused it ? it : (Refused) e.getCause();
            row.completeExceptionally(refused);
            forget(intent.slice, conversation, row);
            intent.settled();
            throw refused;
        }
    }

    private synchronized void forget(
            long slice, ConversationId conversation, CompletableFuture<@Nullable Void> row) {
        Slice of = slices.get(slice);
        if (of != null && row.isCompletedExceptionally()) {
            of.written.remove(conversation, row);
        }
    }

    private void write(long slice, Touched touched) {
        if (touched.isMore()) {
            cassandra.write(
                    "UPDATE journal SET leaving = leaving + ?, changing = changing + ? WHERE node = ? AND slice = ? AND conversation = ?",
                    touched.leaving().stream().map(UserId::value).collect(Collectors.toSet()),
                    touched.changing().stream().map(MessageId::uuid).collect(Collectors.toSet()),
                    node,
                    slice,
                    touched.conversation().value());
        } else {
            cassandra.write(
                    "INSERT INTO journal (node, slice, conversation) VALUES (?, ?, ?)",
                    node,
                    slice,
                    touched.conversation().value());
        }
    }

    /// Shows that this node lives, and how much of its journal counts.
    ///
    /// @param turn whether a new slice is to be begun
    void beat(boolean turn) {
        long low;
        long high;
        synchronized (this) {
            while (slices.size() > 1 && slices.firstEntry().getValue().steps == 0) {
                slices.pollFirstEntry();
            }
            low = slices.firstKey();
            high = slices.lastKey() + (turn ? 1 : 0);
        }
        write(low, high);
        if (turn) {
            synchronized (this) {
                slices.put(high, new Slice());
            }
        }
    }

    /// Nothing is to be repaired, if nothing is unsettled.
    void close() {
        synchronized (this) {
            if (slices.values().stream().anyMatch(slice -> slice.steps > 0)) {
                return;
            }
        }
        write(1, 0);
    }

    private void write(long low, long high) {
        cassandra.write(
                "INSERT INTO node (installation, node, low, high, beat) VALUES (?, ?, ?, ?, ?)",
                installation.key(),
                node,
                low,
                high,
                ++beat);
    }
}
