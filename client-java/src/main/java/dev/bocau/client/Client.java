package dev.bocau.client;

import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Conversation;
import dev.bocau.protocol.Device;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.DeviceState;
import dev.bocau.protocol.EditMessage;
import dev.bocau.protocol.Error;
import dev.bocau.protocol.Message;
import dev.bocau.protocol.MessageKind;
import dev.bocau.protocol.RecallMessage;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.Sync;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One device of one user, kept in step with the server. What it shows comes from the store, at
/// once and without a connection; what the user does is stored first and sent when the server can
/// be reached.
///
/// All methods may be called on any thread. Those that read or write the store do it before they
/// return: not on Android's main thread.
public final class Client implements AutoCloseable {
    private final Store store;
    private final String userId;
    private final Device device;
    private final Loop loop;
    private final Outbox outbox;
    private final ReadMarks reads;
    private final Renewal renewal;
    private final Connection connection;
    private volatile Listener listener = new Listener() {};
    private volatile State state = State.of(State.Name.STOPPED);

    /// On the loop.
    private @Nullable Session session;

    private boolean active = true;

    /// @param token asked on a thread that may wait: at first, a minute before the last one
    ///   expires, and when the server refuses the last one
    public Client(
            Address address, String userId, Device device, Callable<String> token, Store store) {
        this.store = store;
        this.userId = userId;
        this.device = device;
        Tokens tokens = new Tokens(token);
        this.loop = new Loop(failure -> listener.failed(failure));
        this.outbox = new Outbox(loop, store, this::changed);
        this.reads = new ReadMarks(loop, store, device.getId(), this::changed);
        this.renewal = new Renewal(loop, tokens, failure -> listener.failed(failure));
        this.connection =
                new Connection(
                        loop,
                        address,
                        device,
                        tokens,
                        () -> store.transaction(Store.Transaction::position),
                        new FromConnection());
    }

    // ------------------------------------------------------------------------------ the connection

    /// Who is told what happens: one listener, which replaces the one before.
    public void listen(Listener newListener) {
        listener = new GuardedListener(newListener);
    }

    /// Connects, and stays connected until it is stopped or the server says otherwise.
    public void start() {
        loop.execute(connection::start);
    }

    public void stop() {
        loop.execute(() -> connection.stop(State.of(State.Name.STOPPED)));
    }

    /// The network may have changed, or the app is in front again: does not wait any longer, or
    /// finds out whether the connection still lives.
    public void nudge() {
        loop.execute(connection::nudge);
    }

    /// Whether the app is in the foreground. In the background ticks wait until it is in front
    /// again or a message comes, so that the radio may sleep.
    public void setActive(boolean nowActive) {
        loop.execute(() -> {
            Session current = session;
            if (active != nowActive && current != null) {
                current.send(deviceState(nowActive));
            }
            active = nowActive;
        });
    }

    private static ClientFrame.Builder deviceState(boolean active) {
        return ClientFrame.newBuilder().setDeviceState(DeviceState.newBuilder().setActive(active));
    }

    public State state() {
        return state;
    }

    /// Stops for good; the store keeps what it holds.
    @Override
    public void close() {
        loop.execute(() -> {
            connection.stop(State.of(State.Name.STOPPED));
            loop.close();
        });
    }

    // ------------------------------------------------------------------------------- on the screen

    public List<Conversation> conversations() {
        return store.transaction(Store.Transaction::conversations);
    }

    /// The newest messages that are held, oldest first, and behind them what waits to be sent.
    public List<ShownMessage> messages(String conversationId, int limit) {
        return store.transaction(rows -> {
            Conversation held = rows.conversation(conversationId);
            Conversation conversation = held == null ? Conversation.getDefaultInstance() : held;
            List<OutboxItem> waiting =
                    rows.outbox().stream()
                            .filter(item -> item.conversationId().equals(conversationId))
                            .collect(Collectors.toList());
            List<ShownMessage> shown = new ArrayList<>();
            for (Message message : rows.messages(conversationId, limit)) {
                shown.add(shown(message, conversation, waiting));
            }
            for (OutboxItem item : waiting) {
                if (item.frame().hasSendMessage()) {
                    Tick tick = item.failure() == null ? Tick.SENDING : Tick.FAILED;
                    shown.add(new ShownMessage(waiting(item), tick, item.failure()));
                }
            }
            return shown;
        });
    }

    /// How many messages of others this user has not read, at most 999: the server's count, as far
    /// as it has counted, and what has come since. What was read here counts at once.
    public int unread(String conversationId) {
        return store.transaction(rows -> {
            Conversation conversation = rows.conversation(conversationId);
            if (conversation == null) {
                return 0;
            }
            long head = conversation.getHeadSeq();
            long readTo = conversation.getReadSeq();
            for (PendingRead read : rows.pendingReads()) {
                if (read.conversationId().equals(conversationId)) {
                    readTo = Math.max(readTo, read.seq());
                }
            }
            int held = 0;
            int others = 0;
            int since = 0;
            for (Message message : rows.messages(conversationId, Limits.UNREAD_MESSAGES)) {
                boolean unread = message.getSeq() > readTo;
                boolean other = !message.getSenderId().equals(userId);
                held += unread && message.getSeq() <= head ? 1 : 0;
                others += unread && other ? 1 : 0;
                since += message.getSeq() > head && other ? 1 : 0;
            }
            long counted = Math.max(0, head - readTo);
            // Where everything past the mark is here, counting it is exact.
            long unread =
                    held >= counted
                            ? others
                            : Math.min(conversation.getUnreadCount(), counted) + since;
            return (int) Math.min(unread, Limits.UNREAD_MESSAGES);
        });
    }

    private ShownMessage shown(
            Message message, Conversation conversation, List<OutboxItem> waiting) {
        if (!message.getSenderId().equals(userId)) {
            return new ShownMessage(message, null, null);
        }
        Message.Builder changed = message.toBuilder();
        for (OutboxItem item : waiting) {
            EditMessage edit = item.frame().getEditMessage();
            boolean recalled =
                    item.frame().getRecallMessage().getMessageId().equals(message.getId());
            if (item.failure() == null && edit.getMessageId().equals(message.getId())) {
                changed.setContent(edit.getContent());
            } else if (item.failure() == null && recalled) {
                changed.setContent("").setRecalledAt(System.currentTimeMillis());
            }
        }
        Tick tick = Tick.of(message.getSeq(), conversation, userId);
        return new ShownMessage(changed.build(), tick, null);
    }

    private Message waiting(OutboxItem item) {
        SendMessage frame = item.frame().getSendMessage();
        return Message.newBuilder()
                .setConversationId(item.conversationId())
                .setSenderId(userId)
                .setSenderDeviceId(device.getId())
                .setLocalId(item.localId())
                .setKind(frame.getKind())
                .setContent(frame.getContent())
                .setTimestamp(frame.getTimestamp())
                .build();
    }

    // -------------------------------------------------------------------------- what the user does

    /// Sends a text.
    public String send(String conversationId, String content) {
        return send(conversationId, content, MessageKind.MESSAGE_KIND_TEXT, 0);
    }

    /// When it returns, the message is stored on this device, connected or not.
    ///
    /// @param readSeq the newest message that was on the screen while the user wrote; 0: not known
    /// @return its localId
    /// @throws IllegalStateException if 1,000 messages wait already
    public String send(String conversationId, String content, MessageKind kind, long readSeq) {
        SendMessage.Builder message =
                SendMessage.newBuilder()
                        .setConversationId(conversationId)
                        .setKind(kind)
                        .setContent(content)
                        .setTimestamp(System.currentTimeMillis());
        if (readSeq > 0) {
            message.setReadSeq(readSeq);
        }
        return outbox.add(
                        conversationId,
                        id ->
                                ClientFrame.newBuilder()
                                        .setSendMessage(message.setLocalId(id))
                                        .build())
                .localId();
    }

    /// Of an own message that the server has.
    ///
    /// @return the localId of the edit
    public String edit(String conversationId, String messageId, String content) {
        EditMessage.Builder edit =
                EditMessage.newBuilder()
                        .setConversationId(conversationId)
                        .setMessageId(messageId)
                        .setContent(content);
        return outbox.add(
                        conversationId,
                        id -> ClientFrame.newBuilder().setEditMessage(edit.setLocalId(id)).build())
                .localId();
    }

    /// Erases the content of an own message everywhere.
    ///
    /// @return the localId of the recall
    public String recall(String conversationId, String messageId) {
        RecallMessage.Builder recall =
                RecallMessage.newBuilder()
                        .setConversationId(conversationId)
                        .setMessageId(messageId);
        return outbox.add(
                        conversationId,
                        id ->
                                ClientFrame.newBuilder()
                                        .setRecallMessage(recall.setLocalId(id))
                                        .build())
                .localId();
    }

    /// Tries what has failed again; false if there is nothing of that localId.
    public boolean retry(String localId) {
        return outbox.retry(localId);
    }

    /// Drops what has failed; false if there is nothing of that localId.
    public boolean discard(String localId) {
        return outbox.discard(localId);
    }

    /// The messages up to `seq` were on the screen, and the user was looking. May be called as
    /// often as one likes.
    public void markRead(String conversationId, long seq) {
        reads.mark(conversationId, seq);
    }

    // --------------------------------------------------------------------------------- on the loop

    private void changed(String conversationId) {
        listener.changed(Set.of(conversationId), false);
    }

    private final class FromConnection implements Connection.Events {
        @Override
        public void state(State next) {
            state = next;
            listener.state(next);
        }

        @Override
        public void frames(Session from, List<ServerFrame> frames) {
            take(from, frames);
        }

        @Override
        public void disconnected() {
            session = null;
            renewal.stop();
            outbox.closed();
            reads.closed();
        }
    }

    private void take(Session from, List<ServerFrame> frames) {
        for (ServerFrame frame : frames) {
            String told = frame.getDeviceConnected().getUserId();
            if (frame.hasDeviceConnected() && !told.equals(userId)) {
                // Before anything of it is stored among what is this user's.
                String reason = "the token is of " + told + ", not of " + userId;
                connection.stop(new State(State.Name.REFUSED, 0, Codes.NOT_ALLOWED, reason));
                return;
            }
        }
        List<Change> changes;
        try {
            changes =
                    store.transaction(rows -> {
                        Inbox inbox = new Inbox(rows, userId, device.getId());
                        frames.forEach(inbox::apply);
                        return inbox.changes();
                    });
            // Refusals first: an answer lets the outbox go on, and it must know what not to go on
            // with.
            frames.forEach(frame -> react(from, frame));
        } catch (RuntimeException e) {
            listener.failed(e);
            from.close("what came could not be stored");
            return;
        }
        acknowledge(from, frames);
        announce(changes);
    }

    private void react(Session from, ServerFrame frame) {
        switch (frame.getBodyCase()) {
            case DEVICE_CONNECTED -> connected(from, frame.getDeviceConnected());
            case TOKEN_ACCEPTED -> renewal.accepted(frame.getTokenAccepted().getExpiresAt());
            case ERROR -> refused(from, frame.getError());
            default -> {}
        }
    }

    private void connected(Session from, DeviceConnected terms) {
        session = from;
        renewal.began(from, terms);
        if (!active) {
            from.send(deviceState(false));
        }
        reads.open(from);
        outbox.open(from);
    }

    private void refused(Session from, Error error) {
        listener.refused(error);
        long delayMs = Math.max(error.getRetryAfterMs(), Limits.BACKOFF_BASE_MS);
        if (error.getCode() == Codes.TOKEN_EXPIRED) {
            renewal.expired();
        } else if (Codes.action(error.getCode()) == Codes.Action.RETRY) {
            if (error.hasLocalId()) {
                outbox.refusedForNow(error.getLocalId(), error.getRetryAfterMs());
            } else if (error.getFrame().equals("mark_read")) {
                reads.refusedForNow(delayMs);
            } else if (error.getFrame().equals("ack")) {
                from.acknowledgeAfter(delayMs);
            }
        }
    }

    private void announce(List<Change> changes) {
        Set<String> conversations = new HashSet<>();
        List<Message> arrived = new ArrayList<>();
        boolean all = false;
        for (Change change : changes) {
            if (change instanceof Change.Reset) {
                all = true;
            } else if (change instanceof Change.Changed changed) {
                conversations.add(changed.conversationId());
            } else if (change instanceof Change.Removed removed) {
                conversations.add(removed.conversationId());
                outbox.removed(removed.conversationId());
            } else if (change instanceof Change.Arrived message) {
                arrived.add(message.message());
            } else if (change instanceof Change.Answered answered) {
                outbox.answered(answered.localId());
            }
        }
        if (all || !conversations.isEmpty()) {
            listener.changed(conversations, all);
        }
        arrived.forEach(listener::arrived);
    }

    private void acknowledge(Session from, List<ServerFrame> frames) {
        ServerFrame last = null;
        int positioned = 0;
        boolean page = false;
        boolean caughtUp = false;
        for (ServerFrame frame : frames) {
            if (frame.hasPosition()) {
                last = frame;
                positioned++;
                page |= frame.hasSyncMissedMessages() || frame.hasSyncConversationStates();
            }
            boolean more =
                    frame.getSyncMissedMessages().getMore()
                            || frame.getSyncConversationStates().getMore();
            boolean nothingMissed = frame.getDeviceConnected().getSync() == Sync.SYNC_CURRENT;
            if (frame.hasPosition() || nothingMissed) {
                caughtUp = !more;
            }
        }
        if (last != null) {
            from.stored(last.getPosition(), positioned, page);
        }
        if (caughtUp) {
            connection.caughtUp();
        }
    }
}
