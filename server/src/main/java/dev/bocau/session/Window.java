package dev.bocau.session;

import dev.bocau.model.ConversationId;
import dev.bocau.model.Mark;
import dev.bocau.model.Position;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What was sent to a device and not yet acknowledged, in order. Not safe for several threads; its
/// drain guards it.
final class Window {
    private final InstantSource clock;
    private final int limit;
    private @Nullable Deque<Sent> unacknowledged;
    private int entries;
    private Position acknowledged;

    /// @param delivered messages of others that this took to the device, the newest per
    ///   conversation
    private record Sent(Position position, int entries, List<Mark> delivered, long atMs) {}

    Window(InstantSource clock, int limit, Position start) {
        this.clock = clock;
        this.limit = limit;
        this.acknowledged = start;
    }

    int room() {
        return limit - entries;
    }

    int entries() {
        return entries;
    }

    int frames() {
        return unacknowledged == null ? 0 : unacknowledged.size();
    }

    Position acknowledged() {
        return acknowledged;
    }

    void add(Position position, int count, List<Mark> delivered) {
        if (unacknowledged == null) {
            unacknowledged = new ArrayDeque<>(4);
        }
        unacknowledged.add(new Sent(position, count, delivered, clock.millis()));
        entries += count;
    }

    /// Takes everything up to a position out of the window.
    ///
    /// @return what was delivered by it; empty if the position was never sent
    Optional<List<Mark>> acknowledge(Position position) {
        if (unacknowledged == null || !holds(unacknowledged, position)) {
            return acknowledgedBefore(position) ? Optional.of(List.of()) : Optional.empty();
        }
        Map<ConversationId, Mark> newest = new HashMap<>();
        Sent sent;
        do {
            sent = unacknowledged.remove();
            entries -= sent.entries;
            sent.delivered.forEach(mark -> newest.merge(mark.conversation(), mark, Mark::further));
        } while (!sent.position.equals(position));
        if (unacknowledged.isEmpty()) {
            unacknowledged = null;
        }
        acknowledged = sent.position;
        return Optional.of(List.copyOf(newest.values()));
    }

    /// When a message of somebody else was sent, if that was not acknowledged.
    OptionalLong sentAtMs(ConversationId conversation, long seq) {
        if (unacknowledged != null) {
            for (Sent sent : unacknowledged) {
                for (Mark mark : sent.delivered) {
                    if (mark.conversation().equals(conversation) && mark.seq() >= seq) {
                        return OptionalLong.of(sent.atMs);
                    }
                }
            }
        }
        return OptionalLong.empty();
    }

    private static boolean holds(Deque<Sent> window, Position position) {
        for (Sent sent : window) {
            if (sent.position.equals(position)) {
                return true;
            }
        }
        return false;
    }

    /// An acknowledgement may come again, or late: it takes nothing back.
    private boolean acknowledgedBefore(Position position) {
        return acknowledged.equals(position)
                || (acknowledged instanceof Position.Cursor at && at.reaches(position.head()));
    }
}
