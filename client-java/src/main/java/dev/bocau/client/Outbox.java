package dev.bocau.client;

import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnected;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the user wants and the server has not confirmed: kept in the store, sent in order within
/// each conversation, sent again under the same localId in every session until it is answered.
final class Outbox {
    /// More waits than may.
    static final class Full extends IllegalStateException {
        private static final long serialVersionUID = 1;

        Full() {
            super(Limits.OUTBOX_ITEMS + " messages wait already");
        }
    }

    /// A conversation in which the server has refused something for now.
    private static final class Postponement {
        int attempt;

        /// The timer has fired.
        boolean due;

        /// It is sent again; kept for the next refusal to wait longer.
        boolean released;
    }

    private final Loop loop;
    private final Store store;
    private final Consumer<String> changed;

    /// What is to be sent, by localId; items that have failed wait for the user instead.
    private final Map<String, OutboxItem> waiting = new HashMap<>();

    /// Sent in this session and not answered: localId -> conversation.
    private final Map<String, String> inFlight = new LinkedHashMap<>();

    private final Map<String, Postponement> postponed = new HashMap<>();
    private @Nullable Session session;
    private Loop.Cancel answerTimer = Loop.Cancel.NOTHING;

    /// @param changed told of a conversation
    Outbox(Loop loop, Store store, Consumer<String> changed) {
        this.loop = loop;
        this.store = store;
        this.changed = changed;
    }

    /// When this returns, the item is stored: from then on it will be sent, whatever happens to
    /// this process. On any thread.
    ///
    /// @param frame of a localId
    OutboxItem add(String conversationId, Function<String, ClientFrame> frame) {
        return enqueue(UUID.randomUUID().toString(), conversationId, frame);
    }

    private OutboxItem enqueue(
            String localId, String conversationId, Function<String, ClientFrame> frame) {
        OutboxItem item =
                store.transaction(rows -> {
                    List<OutboxItem> all = rows.outbox();
                    if (all.size() >= Limits.OUTBOX_ITEMS) {
                        throw new Full();
                    }
                    long last = all.isEmpty() ? 0 : all.get(all.size() - 1).order();
                    OutboxItem added =
                            new OutboxItem(
                                    localId, conversationId, last + 1, frame.apply(localId), null);
                    rows.putOutboxItem(added);
                    return added;
                });
        loop.execute(() -> {
            changed.accept(conversationId);
            // A session that has begun meanwhile may have sent it, and have got the answer.
            if (session != null && store.transaction(rows -> rows.outboxItem(localId)) != null) {
                waiting.put(localId, item);
                flush();
            }
        });
        return item;
    }

    /// Once more, at the end of the queue; false if no such item has failed. On any thread.
    boolean retry(String localId) {
        OutboxItem failed = removeFailed(localId);
        if (failed == null) {
            return false;
        }
        // The old localId stands for something else at the server: under it this is never taken.
        boolean conflict = failed.failedWith(Codes.LOCAL_ID_CONFLICT);
        enqueue(
                conflict ? UUID.randomUUID().toString() : localId,
                failed.conversationId(),
                id -> named(failed.frame(), id));
        return true;
    }

    private static ClientFrame named(ClientFrame frame, String localId) {
        ClientFrame.Builder named = frame.toBuilder();
        switch (frame.getBodyCase()) {
            case EDIT_MESSAGE ->
                    named.setEditMessage(frame.getEditMessage().toBuilder().setLocalId(localId));
            case RECALL_MESSAGE ->
                    named.setRecallMessage(
                            frame.getRecallMessage().toBuilder().setLocalId(localId));
            default -> named.setSendMessage(frame.getSendMessage().toBuilder().setLocalId(localId));
        }
        return named.build();
    }

    /// Forgets an item; false if no such item has failed: what has not failed may be at the server
    /// already. On any thread.
    boolean discard(String localId) {
        OutboxItem failed = removeFailed(localId);
        if (failed != null) {
            loop.execute(() -> changed.accept(failed.conversationId()));
        }
        return failed != null;
    }

    private @Nullable OutboxItem removeFailed(String localId) {
        return store.transaction(rows -> {
            OutboxItem item = rows.outboxItem(localId);
            if (item == null || item.failure() == null) {
                return null;
            }
            rows.removeOutboxItem(localId);
            return item;
        });
    }

    // --------------------------------------------------------------------------------- on the loop

    /// A session has begun: everything that waits is sent in it, from the first.
    void open(Session begun) {
        closed();
        session = begun;
        for (OutboxItem item : store.transaction(Store.Transaction::outbox)) {
            if (item.failure() == null) {
                waiting.put(item.localId(), item);
            }
        }
        flush();
    }

    void closed() {
        session = null;
        waiting.clear();
        inFlight.clear();
        postponed.clear();
        answerTimer.cancel();
    }

    /// Confirmed, or refused for good; the store knows already.
    void answered(String localId) {
        OutboxItem item = waiting.remove(localId);
        if (item != null) {
            postponed.computeIfPresent(
                    item.conversationId(), (id, held) -> held.released ? null : held);
        }
        noLongerInFlight(localId);
        flush();
    }

    /// Refused for now: this item and those behind it in its conversation are sent again later, in
    /// order.
    void refusedForNow(String localId, long retryAfterMs) {
        OutboxItem item = waiting.get(localId);
        if (item != null) {
            postpone(item.conversationId(), retryAfterMs);
        }
        noLongerInFlight(localId);
        flush();
    }

    /// Those behind a refused item are refused with it: only the first of them is an attempt.
    private void postpone(String conversationId, long retryAfterMs) {
        Postponement before = postponed.get(conversationId);
        if (before != null && !before.released) {
            return;
        }
        Postponement held = new Postponement();
        held.attempt = before == null ? 0 : before.attempt + 1;
        postponed.put(conversationId, held);
        loop.after(
                loop.backoffMs(held.attempt, retryAfterMs),
                () -> {
                    held.due = true;
                    flush();
                });
    }

    /// The conversation is gone, and what waited for it.
    void removed(String conversationId) {
        for (OutboxItem item : List.copyOf(waiting.values())) {
            if (item.conversationId().equals(conversationId)) {
                waiting.remove(item.localId());
                noLongerInFlight(item.localId());
            }
        }
    }

    private void flush() {
        Session line = session;
        DeviceConnected terms = line == null ? null : line.terms();
        if (line == null || terms == null) {
            return;
        }
        List<OutboxItem> inOrder =
                waiting.values().stream()
                        .sorted(Comparator.comparingLong(OutboxItem::order))
                        .collect(Collectors.toList());
        for (OutboxItem item : inOrder) {
            if (inFlight.size() >= Limits.IN_FLIGHT) {
                break;
            }
            if (inFlight.containsKey(item.localId()) || mustWait(item.conversationId())) {
                continue;
            }
            OutboxItem.Failure failure = tooLarge(item.frame(), terms);
            if (failure != null) {
                waiting.remove(item.localId());
                store.transaction(rows -> {
                    rows.putOutboxItem(item.failed(failure));
                    return null;
                });
                changed.accept(item.conversationId());
                continue;
            }
            if (inFlight.isEmpty()) {
                expectAnswer();
            }
            inFlight.put(item.localId(), item.conversationId());
            line.send(item.frame().toBuilder());
        }
    }

    /// Until all that is in flight of a conversation was refused too: sent now, a later item could
    /// overtake.
    private boolean mustWait(String conversationId) {
        Postponement held = postponed.get(conversationId);
        if (held == null || held.released) {
            return false;
        }
        held.released = held.due && !inFlight.containsValue(conversationId);
        return !held.released;
    }

    /// The refusal that the server would answer with. Such a frame must never leave: a frame too
    /// large ends the connection without naming its localId, and would be sent again for ever.
    private static OutboxItem.@Nullable Failure tooLarge(ClientFrame frame, DeviceConnected terms) {
        int content =
                Math.max(
                        frame.getSendMessage().getContentBytes().size(),
                        frame.getEditMessage().getContentBytes().size());
        if (content > terms.getMaxContentBytes()) {
            return new OutboxItem.Failure(
                    Codes.CONTENT_TOO_LARGE,
                    "longer than " + terms.getMaxContentBytes() + " bytes");
        }
        if (frame.getSerializedSize() > terms.getMaxFrameBytes()) {
            return new OutboxItem.Failure(
                    Codes.FRAME_TOO_LARGE,
                    "its frame is longer than " + terms.getMaxFrameBytes() + " bytes");
        }
        return null;
    }

    private void noLongerInFlight(String localId) {
        if (inFlight.remove(localId) != null) {
            answerTimer.cancel();
            if (!inFlight.isEmpty()) {
                expectAnswer();
            }
        }
    }

    private void expectAnswer() {
        Session line = session;
        if (line != null) {
            answerTimer = loop.after(Limits.ANSWER_MS, line::unanswered);
        }
    }
}
