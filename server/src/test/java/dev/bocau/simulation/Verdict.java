package dev.bocau.simulation;

import dev.bocau.limits.Limits;
import dev.bocau.model.Position;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Track;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Conversation;
import dev.bocau.protocol.Message;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.MissedMessages;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.store.embedded.SimulatedDisk;
import dev.bocau.testing.DeviceModel;
import dev.bocau.testing.DeviceModel.Seen;
import dev.bocau.testing.DeviceModel.View;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Judges: promises 1, 2, 3 and 5 with every frame; all of 1 to 4 when the world has come to rest,
/// against a simple model: who asked for what, what was confirmed, and what the store holds.
final class Verdict {
    private static final int MAX_UNREAD = 999;

    private final Scheduler scheduler;
    private final SimulatedDisk disk;
    private final Limits limits;
    private final Map<String, Asked> asked = new LinkedHashMap<>();
    private final Map<String, MessageReceived> confirmed = new LinkedHashMap<>();
    private final Set<String> refused = new HashSet<>();
    private final Map<String, Long> mostRead = new HashMap<>();
    private final Consumer<String> trace;
    private @Nullable Broken broken;
    private int orders;
    private long fingerprint = 17;
    private long frames;

    /// @param order in which the phone has asked
    private record Asked(ClientFrame frame, int order) {}

    /// A promise was not kept.
    static final class Broken extends AssertionError {
        Broken(String how) {
            super(how);
        }
    }

    /// @param trace is told everything that happens
    Verdict(Scheduler scheduler, SimulatedDisk disk, Limits limits, Consumer<String> trace) {
        this.trace = trace;
        this.scheduler = scheduler;
        this.disk = disk;
        this.limits = limits;
    }

    /// Two runs with the same one were the same.
    long fingerprint() {
        return fingerprint;
    }

    long frames() {
        return frames;
    }

    int confirmations() {
        return confirmed.size();
    }

    /// What is thrown within the server may be caught there.
    private void isBroken(String how) {
        note("BROKEN", how);
        if (broken == null) {
            broken = new Broken(how);
        }
    }

    /// The first promise that was not kept, so far.
    Optional<Broken> broken() {
        return Optional.ofNullable(broken);
    }

    /// Something happens.
    void note(Object who, Object... what) {
        trace.accept("%,13d %s %s".formatted(scheduler.nowUs(), who, Arrays.asList(what)));
    }

    private static String name(Phone phone, String localId) {
        return phone + "/" + localId;
    }

    static String conversation(ClientFrame frame) {
        return switch (frame.getBodyCase()) {
            case SEND_MESSAGE -> frame.getSendMessage().getConversationId();
            case EDIT_MESSAGE -> frame.getEditMessage().getConversationId();
            case RECALL_MESSAGE -> frame.getRecallMessage().getConversationId();
            default -> "";
        };
    }

    // ---------------------------------------------------------------------------- what phones tell

    void asked(Phone phone, String localId, ClientFrame frame) {
        asked.put(name(phone, localId), new Asked(frame, ++orders));
        if (frame.getSendMessage().getReadSeq() > 0) {
            read(phone, conversation(frame), frame.getSendMessage().getReadSeq());
        }
    }

    /// A phone has forgotten that something was refused.
    void asksAgain(Phone phone, String localId) {
        String name = name(phone, localId);
        if (refused.remove(name)) {
            asked.computeIfPresent(name, (same, it) -> new Asked(it.frame, ++orders));
        }
    }

    /// A user has looked at a message.
    void read(Phone phone, String conversation, long seq) {
        mostRead.merge(phone.user + " " + conversation, seq, Math::max);
    }

    /// Joining a conversation reads all that was there.
    void joined(String user, String conversation) {
        mostRead.put(user + " " + conversation, Long.MAX_VALUE);
    }

    void confirmed(Phone phone, MessageReceived received) {
        String name = name(phone, received.getLocalId());
        MessageReceived before = confirmed.putIfAbsent(name, received);
        if (before != null
                && (!before.getServerId().equals(received.getServerId())
                        || before.getSeq() != received.getSeq())) {
            isBroken("%s was confirmed as %s and as %s".formatted(name, before, received));
        }
    }

    void refused(Phone phone, String localId) {
        refused.add(name(phone, localId));
    }

    void received(Phone phone, ServerFrame frame) {
        if (frame.getBodyCase() == ServerFrame.BodyCase.NEW_MESSAGE) {
            Message message = frame.getNewMessage();
            long newest = phone.model().newest(message.getConversationId());
            if (newest > 0 && message.getSeq() > newest + 1) {
                isBroken(
                        "%s has messages up to %d of %s and is sent %d next"
                                .formatted(
                                        phone,
                                        newest,
                                        message.getConversationId(),
                                        message.getSeq()));
            }
        }
    }

    // --------------------------------------------------------------------------------- every frame

    /// What is sent on one connection.
    final class OfConnection {
        private final Phone phone;
        private final Map<String, Long> newest = new HashMap<>();
        private long deliveryUpdatesUs = Long.MIN_VALUE / 2;
        private long readReceiptsUs = Long.MIN_VALUE / 2;
        private @Nullable Cursor reached;

        OfConnection(Phone phone) {
            this.phone = phone;
        }

        void said(ClientFrame frame) {
            note(phone, "->", frame);
        }

        void sent(ServerFrame frame) {
            note(phone, "<-", frame);
            frames++;
            fingerprint = 31 * fingerprint + frame.toByteString().hashCode() + scheduler.nowUs();
            switch (frame.getBodyCase()) {
                case SYNC_CONVERSATION_STATES -> {
                    newest.clear();
                    reached = null;
                    frame.getSyncConversationStates().getConversationsList().forEach(this::state);
                }
                case SYNC_MISSED_MESSAGES -> page(frame.getSyncMissedMessages());
                case NEW_MESSAGE -> message(frame.getNewMessage());
                case MESSAGE_RECEIVED -> received(frame);
                case DELIVERY_UPDATES -> {
                    window(deliveryUpdatesUs, limits.deliveredWindowMs(), "delivery_updates");
                    deliveryUpdatesUs = scheduler.nowUs();
                }
                case READ_RECEIPTS -> {
                    window(readReceiptsUs, limits.readWindowMs(), "read_receipts");
                    readReceiptsUs = scheduler.nowUs();
                }
                default -> {}
            }
            if (frame.hasPosition()) {
                position(frame);
            }
        }

        private void page(MissedMessages page) {
            page.getConversationsList().forEach(this::state);
            page.getMessagesList().forEach(this::message);
            page.getChangedMessagesList().forEach(this::durable);
            page.getDeletedMessagesList().forEach(this::durable);
        }

        private void state(Conversation state) {
            state.getRecentList().forEach(this::durable);
            if (state.getJoined()) {
                newest.remove(state.getId());
            }
        }

        private void message(Message message) {
            durable(message);
            inOrder(message.getConversationId(), message.getSeq());
        }

        private void received(ServerFrame frame) {
            MessageReceived received = frame.getMessageReceived();
            durable(received.getConversationId(), received.getSeq(), "confirmed to");
            if (frame.hasPosition()) {
                inOrder(received.getConversationId(), received.getSeq());
            }
        }

        private void inOrder(String conversation, long seq) {
            Long before = newest.put(conversation, seq);
            if (before != null && before >= seq) {
                isBroken(
                        "%s is sent %d of %s after %d".formatted(phone, seq, conversation, before));
            }
        }

        private void durable(Message message) {
            durable(message.getConversationId(), message.getSeq(), "shown to");
        }

        private void durable(String conversation, long seq, String how) {
            if (!disk.keeps(conversation, seq)) {
                isBroken(
                        "%d of %s is %s %s and is not on the disk"
                                .formatted(seq, conversation, how, phone));
            }
        }

        private void window(long lastUs, int windowMs, String frame) {
            if (scheduler.nowUs() - lastUs < windowMs * 1_000L) {
                isBroken("%s is sent two %s within %d ms".formatted(phone, frame, windowMs));
            }
        }

        private void position(ServerFrame frame) {
            Position position = Position.decode(frame.getPosition().toByteArray()).orElseThrow();
            if (position instanceof Cursor cursor) {
                Cursor before = reached;
                for (Track track : Track.values()) {
                    if (before != null && cursor.offset(track) < before.offset(track)) {
                        isBroken("%s is sent back from %s to %s".formatted(phone, before, cursor));
                    }
                }
                reached = cursor;
            }
        }
    }

    OfConnection connection(Phone phone) {
        return new OfConnection(phone);
    }

    // ------------------------------------------------------------------------------------- at rest

    /// What the store holds.
    ///
    /// @param history of each conversation, from the first message on
    /// @param members of each, with the first message that they see
    record Truth(
            Map<String, List<dev.bocau.model.Message>> history,
            Map<String, Map<String, Long>> members) {}

    /// Promises 1 to 3: what was confirmed is there, once, in order.
    void judge(Truth truth) {
        Map<String, dev.bocau.model.Message> found = new HashMap<>();
        Map<String, Integer> lastOrder = new HashMap<>();
        truth.history.forEach((conversation, messages) -> {
            long expected = 1;
            long timestampMs = 0;
            for (dev.bocau.model.Message message : messages) {
                String where = "%d of %s".formatted(message.seq(), conversation);
                check(message.seq() == expected++, "a hole before " + where);
                check(message.timestampMs() >= timestampMs, "time goes back at " + where);
                timestampMs = message.timestampMs();
                String device = message.sender() + "/" + message.senderDevice();
                String name = device + "/" + message.localId();
                check(found.put(name, message) == null, name + " is there twice");
                Asked order = asked.get(name);
                check(order != null, "nobody has sent " + where);
                Integer before =
                        lastOrder.put(
                                device + " " + conversation, Objects.requireNonNull(order).order);
                check(
                        before == null || before < order.order,
                        where + " was sent before the one in front of it");
                check(!refused.contains(name), where + " was refused");
                content(message, order.frame, where);
            }
        });
        confirmed.forEach((name, received) -> {
            boolean isSend = Objects.requireNonNull(asked.get(name)).frame.hasSendMessage();
            dev.bocau.model.Message message = found.get(name);
            check(
                    !isSend
                            || (message != null
                                    && message.seq() == received.getSeq()
                                    && message.id().toString().equals(received.getServerId())),
                    "%s was confirmed as %s and is %s".formatted(name, received, message));
        });
    }

    private void content(dev.bocau.model.Message message, ClientFrame sent, String where) {
        boolean asSent = message.content().equals(sent.getSendMessage().getContent());
        check(
                message.version() > 0 || (asSent && !message.recalled()),
                where + " is not what was sent");
    }

    private static void check(boolean asPromised, String otherwise) {
        if (!asPromised) {
            throw new Broken(otherwise);
        }
    }

    /// Promise 4, against the model: what a phone shows is what was said, and how far the others
    /// have come.
    void judge(Phone phone, Truth truth, Map<String, DeviceModel> anyOfUser) {
        Map<String, View> views = phone.model().views();
        Set<String> mine = new HashSet<>();
        truth.members.forEach((conversation, members) -> {
            if (members.containsKey(phone.user)) {
                mine.add(conversation);
            }
        });
        check(
                views.keySet().equals(mine),
                "%s shows %s and is in %s".formatted(phone, views.keySet(), mine));
        views.forEach((id, view) -> {
            List<dev.bocau.model.Message> history = Objects.requireNonNull(truth.history.get(id));
            Map<String, Long> members = Objects.requireNonNull(truth.members.get(id));
            String where = "%s in %s".formatted(phone, id);
            messages(where, view, history, members.getOrDefault(phone.user, 1L));
            unread(where, phone.user, view, history);
            long most = mostRead.getOrDefault(phone.user + " " + id, 0L);
            check(
                    view.readSeq() <= most,
                    "%s has read %d, and nobody looked at more than %d"
                            .formatted(where, view.readSeq(), most));
            ticks(where, view, id, anyOfUser);
        });
    }

    private static void messages(
            String where, View view, List<dev.bocau.model.Message> history, long since) {
        int shown = 0;
        for (var entry : view.messages().entrySet()) {
            dev.bocau.model.Message message = history.get((int) (entry.getKey() - 1));
            Seen seen = entry.getValue();
            check(
                    seen.id().equals(message.id().toString())
                            && seen.recalled() == message.recalled()
                            && seen.content().equals(message.content()),
                    "%s shows %s instead of %s".formatted(where, seen, message));
            shown++;
        }
        long visible = Math.max(0, history.size() - since + 1);
        check(
                shown > 0 || visible == 0 || shown == visible,
                "%s shows none of %d messages".formatted(where, visible));
        long oldest = history.size() - shown + 1L;
        check(
                view.messages().keySet().stream().allMatch(seq -> seq >= oldest),
                "%s has holes: it shows %s of %d"
                        .formatted(where, view.messages().keySet(), history.size()));
    }

    private static void unread(
            String where, String user, View view, List<dev.bocau.model.Message> history) {
        long unread =
                history.stream()
                        .skip(view.readSeq())
                        .filter(message -> !message.sender().value().equals(user))
                        .count();
        check(
                view.unread() == Math.min(MAX_UNREAD, unread),
                "%s counts %d unread instead of %d".formatted(where, view.unread(), unread));
    }

    private static void ticks(
            String where, View view, String id, Map<String, DeviceModel> anyOfUser) {
        view.messages()
                .forEach((seq, seen) ->
                        seen.ticks()
                                .forEach((member, tick) -> {
                                    DeviceModel other = anyOfUser.get(member);
                                    boolean read = other != null && other.readSeq(id) >= seq;
                                    check(
                                            other == null
                                                    || tick.equals(read ? "read" : "delivered"),
                                            "%s: %s is %s for %s, who has read up to %d"
                                                    .formatted(
                                                            where,
                                                            seq,
                                                            tick,
                                                            member,
                                                            other == null ? 0 : other.readSeq(id)));
                                }));
    }

    /// Promise 4: snapshot + entries = fresh snapshot.
    void judge(Phone held, Phone fresh) {
        Optional<String> difference = held.model().differenceFrom(fresh.model());
        if (difference.isPresent()) {
            throw new Broken(
                    "%s differs from a fresh device: %s".formatted(held, difference.get()));
        }
    }
}
