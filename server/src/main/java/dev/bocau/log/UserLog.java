package dev.bocau.log;

import dev.bocau.bus.Bus;
import dev.bocau.bus.Hint;
import dev.bocau.limits.Limits;
import dev.bocau.model.ConversationId;
import dev.bocau.model.ConversationState;
import dev.bocau.model.Mark;
import dev.bocau.model.Position;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Position.Unfinished;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.store.Acknowledgement;
import dev.bocau.store.LogRead;
import dev.bocau.store.Outcome;
import dev.bocau.store.Outcome.Kept;
import dev.bocau.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Reads users' logs for their devices: from a cursor on, or as a snapshot for a device that has
/// none which the log still reaches back to. Keeps no state of its own: a position says all there
/// is to know.
public final class UserLog {
    private static final int NEWEST = 20;
    private static final int IDS_AT_A_TIME = 100;

    /// What a frame holds beside its entries, at the most.
    private static final int FRAME_OVERHEAD = 2_048;

    private final Store store;
    private final Bus bus;
    private final Limits limits;

    public UserLog(Store store, Bus bus, Limits limits) {
        this.store = store;
        this.bus = bus;
        this.limits = limits;
    }

    /// Where a connecting device goes on: the cursor it presents or the snapshot it has begun, if
    /// the log reaches back to it; empty is a snapshot from its first page.
    public Optional<Position> resume(UserId user, Optional<Position> presented) {
        return presented.filter(position -> store.reaches(user, position.head()));
    }

    /// Whether there is nothing past a cursor.
    public boolean isAtHead(UserId user, Cursor cursor) {
        return cursor.reaches(store.head(user));
    }

    /// What was delivered to a device that presents a position on connecting: whatever lies up to
    /// there and past the stored one, even if its acknowledgements were lost. Of a snapshot that it
    /// has begun, the conversations that it has got.
    public List<Mark> delivered(UserId user, Optional<Position> stored, Position presented) {
        return switch (presented) {
            case Cursor cursor -> {
                Optional<Cursor> from =
                        stored.filter(Cursor.class::isInstance).map(Cursor.class::cast);
                boolean nothingNew = from.isPresent() && from.get().changes() == cursor.changes();
                yield nothingNew ? List.of() : store.passed(user, from, cursor);
            }
            case Unfinished(Cursor head, Optional<ConversationId> after) ->
                    after.isEmpty()
                            ? List.of()
                            : store.passed(user, Optional.empty(), head).stream()
                                    .filter(mark -> upTo(mark.conversation(), after.get()))
                                    .toList();
        };
    }

    private static boolean upTo(ConversationId conversation, ConversationId last) {
        return conversation.value().compareTo(last.value()) <= 0;
    }

    /// Moves a device's stored cursor, where given, and its delivered marks. Does not wait.
    public CompletableFuture<Outcome<List<Mark>>> acknowledge(Acknowledgement acknowledgement) {
        return store.acknowledge(acknowledgement).thenApply(this::tell);
    }

    /// Has the bus tell whose logs a step has grown.
    public <T> Outcome<T> tell(Outcome<T> outcome) {
        if (outcome instanceof Kept<T> kept && !kept.appended().isEmpty()) {
            bus.tell(new Hint.Grown(kept.commit(), kept.appended()));
        }
        return outcome;
    }

    /// The entries past a cursor, as many as a frame may hold and the window has room for.
    public LogRead read(UserId user, Cursor from, Set<Track> tracks, int room) {
        return store.read(
                user,
                from,
                tracks,
                Math.min(room, limits.pageEntries()),
                limits.frameBytes() - FRAME_OVERHEAD);
    }

    public int countPast(UserId user, Cursor from) {
        return store.countPast(user, from);
    }

    public Cursor head(UserId user) {
        return store.head(user);
    }

    /// A page of a snapshot.
    ///
    /// @param position an unfinished one, or on the last page the cursor from which the log goes on
    public record SnapshotPage(
            boolean first, List<ConversationState> states, Position position, boolean more) {}

    /// The first page. The head is taken before anything is read: what changes meanwhile comes
    /// again, from the log.
    public SnapshotPage firstPage(UserId user) {
        Cursor head = store.head(user);
        List<ConversationId> newest = store.newest(user, NEWEST);
        List<ConversationState> states = new ArrayList<>();
        fill(user, newest, states);
        Set<ConversationId> sent = new HashSet<>();
        states.forEach(state -> sent.add(state.conversation().id()));
        boolean all = sent.containsAll(store.conversations(user, Optional.empty(), NEWEST + 1));
        return new SnapshotPage(
                true, states, all ? head : new Unfinished(head, Optional.empty()), !all);
    }

    /// The page that follows a position: conversations by id, those of the first page again among
    /// them.
    public SnapshotPage nextPage(UserId user, Unfinished position) {
        List<ConversationId> ids = store.conversations(user, position.after(), IDS_AT_A_TIME);
        List<ConversationState> states = new ArrayList<>();
        int taken = fill(user, ids, states);
        boolean last = taken == ids.size() && ids.size() < IDS_AT_A_TIME;
        return new SnapshotPage(
                false,
                states,
                last
                        ? position.head()
                        : new Unfinished(position.head(), Optional.of(ids.get(taken - 1))),
                !last);
    }

    /// Adds the states of these conversations until the page is full.
    ///
    /// @return how many ids were dealt with
    private int fill(UserId user, List<ConversationId> ids, List<ConversationState> states) {
        int room = limits.frameBytes() - FRAME_OVERHEAD;
        int taken = 0;
        for (ConversationId id : ids) {
            Optional<ConversationState> state = store.state(user, id, limits.recentBytes());
            if (state.isPresent()) {
                room -= state.get().wireBytes();
                if (room < 0 && !states.isEmpty()) {
                    break;
                }
                states.add(state.get());
            }
            taken++;
        }
        return taken;
    }
}
