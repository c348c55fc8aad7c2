package dev.bocau.client;

import dev.bocau.protocol.Conversation;
import dev.bocau.protocol.ConversationKind;
import dev.bocau.protocol.DeviceMark;
import dev.bocau.protocol.Error;
import dev.bocau.protocol.MemberReceipt;
import dev.bocau.protocol.Message;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.MessageStatus;
import dev.bocau.protocol.MissedMessages;
import dev.bocau.protocol.ReadSync;
import dev.bocau.protocol.Receipt;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What frames do to what the device holds, their positions included. A frame that comes twice, or
/// after a newer one, changes nothing but the position. For one transaction.
final class Inbox {
    private final Store.Transaction rows;
    private final String userId;
    private final String deviceId;
    private final List<Change> changes = new ArrayList<>();

    Inbox(Store.Transaction rows, String userId, String deviceId) {
        this.rows = rows;
        this.userId = userId;
        this.deviceId = deviceId;
    }

    /// Of all frames so far.
    List<Change> changes() {
        return changes;
    }

    void apply(ServerFrame frame) {
        switch (frame.getBodyCase()) {
            case SYNC_CONVERSATION_STATES -> {
                if (frame.getSyncConversationStates().getReset()) {
                    rows.forget();
                    changes.add(new Change.Reset());
                }
                frame.getSyncConversationStates().getConversationsList().forEach(this::state);
            }
            case SYNC_MISSED_MESSAGES -> page(frame.getSyncMissedMessages());
            case NEW_MESSAGE -> message(frame.getNewMessage(), true);
            case MESSAGES_READ_SYNC -> read(frame.getMessagesReadSync());
            case DELIVERY_UPDATES ->
                    frame.getDeliveryUpdates().getUpdatesList().forEach(this::receipt);
            case READ_RECEIPTS -> frame.getReadReceipts().getReceiptsList().forEach(this::receipt);
            case MESSAGE_RECEIVED -> confirmed(frame.getMessageReceived(), frame.hasPosition());
            case ERROR -> refused(frame.getError());
            default -> {}
        }
        if (frame.hasPosition()) {
            rows.setPosition(frame.getPosition().toByteArray());
        }
    }

    /// The order is the protocol's: a later step may rely on an earlier one.
    private void page(MissedMessages page) {
        page.getConversationsList().forEach(this::state);
        page.getMessagesList().forEach(message -> message(message, true));
        page.getChangedMessagesList().forEach(this::changed);
        page.getDeletedMessagesList().forEach(this::changed);
        page.getReadsList().forEach(this::read);
        page.getReceiptsList().forEach(this::receipt);
        for (String id : page.getRemovedConversationsList()) {
            rows.removeConversation(id);
            changes.add(new Change.Removed(id));
        }
    }

    private void changed(String conversationId) {
        changes.add(new Change.Changed(conversationId));
    }

    // ------------------------------------------------------------------------------- conversations

    private void state(Conversation state) {
        Conversation held = rows.conversation(state.getId());
        rows.putConversation(merged(held, state));
        // What is held from before the user has joined again was not kept up meanwhile.
        rows.removeMessagesBelow(
                state.getId(), state.getJoined() ? state.getHeadSeq() + 1 : state.getSinceSeq());
        changed(state.getId());
        state.getRecentList().forEach(message -> message(message, false));
        // What the server knows of this device's reads is confirmed, and what lies before its join
        // will never be.
        long own = mark(state, deviceId).getLastSeenSeq();
        rows.removePendingReads(state.getId(), 0, Math.max(own, state.getSinceSeq() - 1));
    }

    private static DeviceMark mark(Conversation conversation, String device) {
        return conversation.getDevicesOrDefault(device, DeviceMark.getDefaultInstance());
    }

    /// Title, members and what hangs on them are replaced; marks only grow, unless the user has
    /// left and joined again.
    private static Conversation merged(@Nullable Conversation known, Conversation state) {
        Conversation held = known == null ? Conversation.getDefaultInstance() : known;
        if (state.getJoined() || state.getSinceSeq() > held.getSinceSeq()) {
            held = Conversation.getDefaultInstance();
        }
        Conversation.Builder merged =
                state.toBuilder().clearRecent().clearJoined().clearReceipts().clearDevices();
        merged.setReadSeq(Math.max(held.getReadSeq(), state.getReadSeq()));
        count(merged, held, state.getUnreadCount(), state.getHeadSeq());
        Map<String, MemberReceipt> receipts = receipts(held);
        for (MemberReceipt told : state.getReceiptsList()) {
            merged.addReceipts(further(receipts.get(told.getUserId()), told));
        }
        Map<String, DeviceMark> devices = new HashMap<>(held.getDevicesMap());
        state.getDevicesMap().forEach((id, told) -> devices.merge(id, told, Inbox::further));
        return merged.putAllDevices(devices).build();
    }

    /// The later of two counts: heads only grow, and below the same head a read mark can only lower
    /// the count. So a frame that comes twice or late does not bring a cleared count back.
    private static void count(
            Conversation.Builder merged, Conversation held, int unread, long headSeq) {
        if (headSeq > held.getHeadSeq() || held.getId().isEmpty()) {
            merged.setUnreadCount(unread).setHeadSeq(headSeq);
        } else {
            boolean same = headSeq == held.getHeadSeq();
            merged.setHeadSeq(held.getHeadSeq())
                    .setUnreadCount(
                            same ? Math.min(held.getUnreadCount(), unread) : held.getUnreadCount());
        }
    }

    // ------------------------------------------------------------------------------------------------ messages

    private void message(Message message, boolean live) {
        Conversation conversation = rows.conversation(message.getConversationId());
        if (conversation == null) {
            // "You were added" may come later than the messages.
            rows.putConversation(
                    Conversation.newBuilder()
                            .setId(message.getConversationId())
                            .setKind(ConversationKind.CONVERSATION_KIND_GROUP)
                            .setSinceSeq(1)
                            .build());
        } else if (message.getSeq() < conversation.getSinceSeq()) {
            return;
        }
        recogniseOwn(message);
        Message held = rows.message(message.getConversationId(), message.getSeq());
        if (held != null && !supersedes(message, held)) {
            return;
        }
        rows.putMessage(message);
        if (held == null && live) {
            changes.add(new Change.Arrived(message));
        }
        changed(message.getConversationId());
    }

    /// An edit or a recall. Of a message that is not held it says nothing.
    private void changed(Message message) {
        Message held = rows.message(message.getConversationId(), message.getSeq());
        if (held != null && supersedes(message, held)) {
            rows.putMessage(message);
            changed(message.getConversationId());
        }
    }

    private static boolean supersedes(Message message, Message held) {
        return !message.getId().equals(held.getId()) || message.getVersion() > held.getVersion();
    }

    /// What this device has sent itself waits no longer when it comes back: the answer may have
    /// been lost on the way.
    private void recogniseOwn(Message message) {
        if (message.getSenderId().equals(userId) && message.getSenderDeviceId().equals(deviceId)) {
            OutboxItem waiting = rows.outboxItem(message.getLocalId());
            if (waiting != null
                    && waiting.frame().hasSendMessage()
                    && waiting.conversationId().equals(message.getConversationId())) {
                answered(waiting);
            }
        }
    }

    private void answered(OutboxItem item) {
        rows.removeOutboxItem(item.localId());
        changes.add(new Change.Answered(item.localId()));
        changed(item.conversationId());
    }

    // ------------------------------------------------------------------------------------------------- answers

    private void confirmed(MessageReceived received, boolean hasPosition) {
        OutboxItem item = rows.outboxItem(received.getLocalId());
        if (item == null || !item.conversationId().equals(received.getConversationId())) {
            return;
        }
        answered(item);
        if (item.frame().hasSendMessage()) {
            if (hasPosition || !isBehind(received)) {
                message(sent(item.frame().getSendMessage(), received), false);
            }
            return;
        }
        Message held = rows.message(received.getConversationId(), received.getSeq());
        if (held == null) {
            return;
        }
        // The version stays, so that the change itself, which is on its way, is no repetition.
        Message.Builder done = held.toBuilder();
        if (item.frame().hasEditMessage()) {
            done.setContent(item.frame().getEditMessage().getContent())
                    .setEditedAt(received.getTimestamp());
        } else {
            done.setContent("").setRecalledAt(received.getTimestamp());
        }
        rows.putMessage(done.build());
    }

    /// The answer to a message that was sent long ago, which may have been edited since: what is
    /// known here of its content is not to be trusted.
    private boolean isBehind(MessageReceived received) {
        Conversation conversation = rows.conversation(received.getConversationId());
        List<Message> newest = rows.messages(received.getConversationId(), 1);
        long head = conversation == null ? 0 : conversation.getHeadSeq();
        return conversation == null
                || received.getSeq()
                        <= Math.max(head, newest.isEmpty() ? 0 : newest.get(0).getSeq());
    }

    private Message sent(SendMessage frame, MessageReceived received) {
        Message.Builder message =
                Message.newBuilder()
                        .setId(received.getServerId())
                        .setConversationId(received.getConversationId())
                        .setSeq(received.getSeq())
                        .setSenderId(userId)
                        .setSenderDeviceId(deviceId)
                        .setLocalId(received.getLocalId())
                        .setKind(frame.getKind())
                        .setContent(frame.getContent())
                        .setTimestamp(received.getTimestamp());
        if (received.hasMedia()) {
            message.setMedia(received.getMedia());
        }
        return message.build();
    }

    /// An error of the kind that would come again: what was refused waits no longer.
    private void refused(Error error) {
        if (Codes.action(error.getCode()) != Codes.Action.DROP) {
            return;
        }
        if (error.hasLocalId()) {
            OutboxItem item = rows.outboxItem(error.getLocalId());
            if (item == null) {
                return;
            }
            answered(item);
            // Where this user has left meanwhile the failure could be seen nowhere.
            if (rows.conversation(item.conversationId()) != null) {
                rows.putOutboxItem(
                        item.failed(new OutboxItem.Failure(error.getCode(), error.getReason())));
            }
        } else if (error.getFrame().equals("mark_read") && error.hasConversationId()) {
            rows.removePendingReads(error.getConversationId(), 0, Long.MAX_VALUE);
            changed(error.getConversationId());
        }
    }

    // ---------------------------------------------------------------------------------------------------- marks

    /// One of this user's own devices has read; where it is this one, that confirms what it said.
    private void read(ReadSync read) {
        Conversation held = rows.conversation(read.getConversationId());
        if (held == null || held.getCreatedAt() == 0) {
            // The conversation's state follows, and contains this.
            return;
        }
        String from = read.getSyncedFrom().getDeviceId();
        DeviceMark told =
                DeviceMark.newBuilder()
                        .setLastSeenSeq(read.getSeq())
                        .setLastSeenAt(read.getReadAt())
                        .setType(read.getSyncedFrom().getType())
                        .setPlatform(read.getSyncedFrom().getPlatform())
                        .build();
        Conversation.Builder merged = held.toBuilder();
        merged.setReadSeq(Math.max(held.getReadSeq(), read.getReadSeq()));
        count(merged, held, read.getUnreadCount(), read.getHeadSeq());
        merged.putDevices(from, further(mark(held, from), told));
        rows.putConversation(merged.build());
        if (from.equals(deviceId)) {
            rows.removePendingReads(read.getConversationId(), 0, read.getSeq());
        }
        changed(read.getConversationId());
    }

    private static DeviceMark further(DeviceMark held, DeviceMark told) {
        return told.getLastSeenSeq() >= held.getLastSeenSeq() ? told : held;
    }

    private void receipt(Receipt receipt) {
        Conversation held = rows.conversation(receipt.getConversationId());
        if (held == null || held.getCreatedAt() == 0 || receipt.getUserId().equals(userId)) {
            return;
        }
        MemberReceipt.Builder told =
                MemberReceipt.newBuilder()
                        .setUserId(receipt.getUserId())
                        .setDeliveredSeq(receipt.getSeq())
                        .setDeliveredAt(receipt.getTimestamp());
        if (receipt.getStatus() == MessageStatus.MESSAGE_STATUS_READ) {
            told.setReadSeq(receipt.getSeq()).setReadAt(receipt.getTimestamp());
        }
        Map<String, MemberReceipt> receipts = receipts(held);
        receipts.merge(receipt.getUserId(), told.build(), Inbox::further);
        rows.putConversation(
                held.toBuilder().clearReceipts().addAllReceipts(receipts.values()).build());
        changed(receipt.getConversationId());
    }

    private static Map<String, MemberReceipt> receipts(Conversation conversation) {
        Map<String, MemberReceipt> receipts = new HashMap<>();
        for (MemberReceipt each : conversation.getReceiptsList()) {
            receipts.put(each.getUserId(), each);
        }
        return receipts;
    }

    /// The further of two receipts of one member, delivered and read each by itself.
    private static MemberReceipt further(@Nullable MemberReceipt held, MemberReceipt told) {
        if (held == null) {
            return told;
        }
        MemberReceipt delivered = told.getDeliveredSeq() > held.getDeliveredSeq() ? told : held;
        MemberReceipt read = told.getReadSeq() > held.getReadSeq() ? told : held;
        return MemberReceipt.newBuilder()
                .setUserId(told.getUserId())
                .setDeliveredSeq(delivered.getDeliveredSeq())
                .setDeliveredAt(delivered.getDeliveredAt())
                .setReadSeq(read.getReadSeq())
                .setReadAt(read.getReadAt())
                .build();
    }
}
