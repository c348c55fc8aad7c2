package dev.bocau.testing;

import com.google.protobuf.ByteString;
import dev.bocau.protocol.Conversation;
import dev.bocau.protocol.Member;
import dev.bocau.protocol.MemberReceipt;
import dev.bocau.protocol.Message;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.MessageStatus;
import dev.bocau.protocol.MissedMessages;
import dev.bocau.protocol.ReadSync;
import dev.bocau.protocol.Receipt;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What a device knows: the reference for how a client applies frames. Not safe for several
/// threads.
public final class DeviceModel {
    private static final int MAX_UNREAD = 999;

    /// What a person sees of one conversation.
    public record View(
            String title,
            int memberCount,
            Map<String, Long> members,
            long readSeq,
            int unread,
            Map<Long, Seen> messages) {}

    /// What a person sees of one message.
    ///
    /// @param media what it carries, all that is told of it; empty: nothing
    /// @param ticks of an own message: for each other member who counts, how far it has come
    public record Seen(
            String id,
            String sender,
            String content,
            boolean recalled,
            String media,
            Map<String, String> ticks) {}

    private static final class Room {
        String title = "";
        int memberCount;
        long sinceSeq;
        long headSeq;
        long readSeq;
        int unread;
        long unreadAsOf;
        final Map<String, Long> members = new TreeMap<>();
        final Map<String, long[]> receipts = new TreeMap<>();
        final TreeMap<Long, Message> messages = new TreeMap<>();

        long newest() {
            return Math.max(headSeq, messages.isEmpty() ? 0 : messages.lastKey());
        }

        Room copy() {
            Room copy = new Room();
            copy.title = title;
            copy.memberCount = memberCount;
            copy.sinceSeq = sinceSeq;
            copy.headSeq = headSeq;
            copy.readSeq = readSeq;
            copy.unread = unread;
            copy.unreadAsOf = unreadAsOf;
            copy.members.putAll(members);
            receipts.forEach((user, marks) -> copy.receipts.put(user, marks.clone()));
            copy.messages.putAll(messages);
            return copy;
        }
    }

    private final String user;
    private final Map<String, Room> rooms = new TreeMap<>();
    private Optional<ByteString> position = Optional.empty();

    public DeviceModel(String user) {
        this.user = user;
    }

    public DeviceModel copy() {
        DeviceModel copy = new DeviceModel(user);
        rooms.forEach((id, room) -> copy.rooms.put(id, room.copy()));
        copy.position = position;
        return copy;
    }

    public Optional<ByteString> position() {
        return position;
    }

    public Set<String> conversations() {
        return rooms.keySet();
    }

    /// The newest message of a conversation; 0 if none is known.
    public long newest(String conversation) {
        Room room = rooms.get(conversation);
        return room == null || room.messages.isEmpty() ? 0 : room.messages.lastKey();
    }

    /// How far a conversation was read; 0 if it is not known.
    public long readSeq(String conversation) {
        Room room = rooms.get(conversation);
        return room == null ? 0 : room.readSeq;
    }

    /// Takes in a frame and its position, as in one transaction.
    public void apply(ServerFrame frame) {
        switch (frame.getBodyCase()) {
            case SYNC_CONVERSATION_STATES -> {
                if (frame.getSyncConversationStates().getReset()) {
                    rooms.clear();
                }
                frame.getSyncConversationStates().getConversationsList().forEach(this::state);
            }
            case SYNC_MISSED_MESSAGES -> page(frame.getSyncMissedMessages());
            case NEW_MESSAGE -> message(frame.getNewMessage());
            case MESSAGES_READ_SYNC -> read(frame.getMessagesReadSync());
            case DELIVERY_UPDATES ->
                    frame.getDeliveryUpdates().getUpdatesList().forEach(this::receipt);
            case READ_RECEIPTS -> frame.getReadReceipts().getReceiptsList().forEach(this::receipt);
            default -> {}
        }
        if (frame.hasPosition()) {
            position = Optional.of(frame.getPosition());
        }
    }

    /// An own message that was confirmed takes its place, unless the user has left the conversation
    /// meanwhile, or it is the answer to an old one: that is known already, or not to be shown.
    ///
    /// @param answer a `message_received`
    public void confirmed(String device, SendMessage sent, ServerFrame answer) {
        MessageReceived received = answer.getMessageReceived();
        Room room = rooms.get(received.getConversationId());
        if (room == null || (!answer.hasPosition() && received.getSeq() <= room.newest())) {
            return;
        }
        Message.Builder message =
                Message.newBuilder()
                        .setId(received.getServerId())
                        .setConversationId(received.getConversationId())
                        .setSeq(received.getSeq())
                        .setSenderId(user)
                        .setSenderDeviceId(device)
                        .setLocalId(received.getLocalId())
                        .setKind(sent.getKind())
                        .setContent(sent.getContent())
                        .setTimestamp(received.getTimestamp());
        if (received.hasMedia()) {
            message.setMedia(received.getMedia());
        }
        message(message.build());
    }

    private void page(MissedMessages page) {
        page.getConversationsList().forEach(this::state);
        page.getMessagesList().forEach(this::message);
        page.getChangedMessagesList().forEach(this::changed);
        page.getDeletedMessagesList().forEach(this::changed);
        page.getReadsList().forEach(this::read);
        page.getReceiptsList().forEach(this::receipt);
        page.getRemovedConversationsList().forEach(rooms::remove);
    }

    private Room room(String id) {
        return rooms.computeIfAbsent(id, it -> new Room());
    }

    private void state(Conversation state) {
        if (state.getJoined()) {
            rooms.remove(state.getId());
        }
        Room room = room(state.getId());
        room.title = state.getTitle();
        room.memberCount = state.getMemberCount();
        room.sinceSeq = state.getSinceSeq();
        room.headSeq = state.getHeadSeq();
        room.readSeq = Math.max(room.readSeq, state.getReadSeq());
        room.unread = state.getUnreadCount();
        room.unreadAsOf = state.getHeadSeq();
        room.members.clear();
        for (Member member : state.getMembersList()) {
            room.members.put(member.getUserId(), member.getSinceSeq());
        }
        room.receipts.clear();
        for (MemberReceipt receipt : state.getReceiptsList()) {
            room.receipts.put(
                    receipt.getUserId(),
                    new long[] {receipt.getDeliveredSeq(), receipt.getReadSeq()});
        }
        room.messages.headMap(room.sinceSeq).clear();
        state.getRecentList().forEach(this::message);
    }

    private void message(Message message) {
        boolean own = message.getSenderId().equals(user);
        if (message.hasLocalId() != own || message.hasSenderDeviceId() != own) {
            throw new AssertionError(user + " is told too much or too little: " + message);
        }
        Room room = room(message.getConversationId());
        if (message.getSeq() < room.sinceSeq) {
            return;
        }
        room.messages.merge(
                message.getSeq(),
                message,
                (held, other) -> {
                    if (!held.getId().equals(other.getId())) {
                        throw new AssertionError(
                                "two messages at one place: " + held + " and " + other);
                    }
                    return held.getVersion() >= other.getVersion() ? held : other;
                });
    }

    private void changed(Message message) {
        Room room = rooms.get(message.getConversationId());
        if (room != null && room.messages.containsKey(message.getSeq())) {
            message(message);
        }
    }

    private void read(ReadSync read) {
        Room room = room(read.getConversationId());
        room.readSeq = Math.max(room.readSeq, read.getSeq());
        room.unread = read.getUnreadCount();
        room.unreadAsOf = read.getHeadSeq();
    }

    private void receipt(Receipt receipt) {
        long[] marks =
                room(receipt.getConversationId())
                        .receipts
                        .computeIfAbsent(receipt.getUserId(), it -> new long[2]);
        boolean read = receipt.getStatus() == MessageStatus.MESSAGE_STATUS_READ;
        marks[0] = Math.max(marks[0], receipt.getSeq());
        marks[1] = read ? Math.max(marks[1], receipt.getSeq()) : marks[1];
    }

    // ------------------------------------------------------------------------------------------------------- looking

    public Map<String, View> views() {
        Map<String, View> views = new TreeMap<>();
        rooms.forEach((id, room) -> views.put(id, view(room)));
        return views;
    }

    private View view(Room room) {
        Map<Long, Seen> messages = new TreeMap<>();
        room.messages.forEach((seq, message) -> messages.put(seq, seen(room, message)));
        long more =
                room.messages.tailMap(room.unreadAsOf, false).values().stream()
                        .filter(message -> !message.getSenderId().equals(user))
                        .count();
        return new View(
                room.title,
                room.memberCount,
                Map.copyOf(room.members),
                room.readSeq,
                (int) Math.min(MAX_UNREAD, room.unread + more),
                messages);
    }

    private Seen seen(Room room, Message message) {
        Map<String, String> ticks = new TreeMap<>();
        if (message.getSenderId().equals(user)) {
            room.members.forEach((member, sinceSeq) -> {
                if (!member.equals(user) && sinceSeq <= message.getSeq()) {
                    ticks.put(member, tick(room, member, message.getSeq()));
                }
            });
        }
        return new Seen(
                message.getId(),
                message.getSenderId(),
                message.getContent(),
                message.hasRecalledAt(),
                message.hasMedia() ? message.getMedia().toString() : "",
                ticks);
    }

    private static String tick(Room room, String member, long seq) {
        long[] marks = room.receipts.getOrDefault(member, new long[2]);
        return marks[1] >= seq ? "read" : marks[0] >= seq ? "delivered" : "sent";
    }

    /// How this differs from what a fresh device knows: empty if a person would see the same. A
    /// fresh device holds only the recent messages, so the older ones here are left out, but there
    /// must be none missing among them.
    public Optional<String> differenceFrom(DeviceModel fresh) {
        Map<String, View> mine = views();
        Map<String, View> theirs = fresh.views();
        if (!mine.keySet().equals(theirs.keySet())) {
            return Optional.of(
                    "conversations: %s instead of %s".formatted(mine.keySet(), theirs.keySet()));
        }
        for (String id : theirs.keySet()) {
            View here = trimmed(mine.get(id), theirs.get(id));
            if (!here.equals(theirs.get(id))) {
                return Optional.of(
                        "%s:%n  %s%ninstead of%n  %s".formatted(id, here, theirs.get(id)));
            }
        }
        return hole(mine);
    }

    private static View trimmed(@org.jspecify.annotations.Nullable View mine, View theirs) {
        View here = java.util.Objects.requireNonNull(mine);
        long first = theirs.messages.keySet().stream().findFirst().orElse(Long.MAX_VALUE);
        Map<Long, Seen> messages = new TreeMap<>(here.messages);
        messages.keySet().removeIf(seq -> seq < first);
        return new View(
                here.title, here.memberCount, here.members, here.readSeq, here.unread, messages);
    }

    private static Optional<String> hole(Map<String, View> views) {
        for (var entry : views.entrySet()) {
            long expected = -1;
            for (long seq : entry.getValue().messages.keySet()) {
                if (expected >= 0 && seq != expected) {
                    return Optional.of(
                            "%s: message %d is missing".formatted(entry.getKey(), expected));
                }
                expected = seq + 1;
            }
        }
        return Optional.empty();
    }
}
