package dev.bocau.frame;

import dev.bocau.limits.Limits;
import dev.bocau.model.ConversationId;
import dev.bocau.model.ConversationState;
import dev.bocau.model.ConversationState.DeviceMark;
import dev.bocau.model.ConversationState.MemberReceipt;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Entry;
import dev.bocau.model.LocalId;
import dev.bocau.model.Media;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Receipt;
import dev.bocau.model.Refusal;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.protocol.Conversation;
import dev.bocau.protocol.ConversationKind;
import dev.bocau.protocol.ConversationStates;
import dev.bocau.protocol.DeliveryUpdates;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.DeviceType;
import dev.bocau.protocol.Error;
import dev.bocau.protocol.Member;
import dev.bocau.protocol.MessageKind;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.MessageStatus;
import dev.bocau.protocol.MissedMessages;
import dev.bocau.protocol.Platform;
import dev.bocau.protocol.Pong;
import dev.bocau.protocol.ReadReceipts;
import dev.bocau.protocol.ReadSync;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.Sync;
import dev.bocau.protocol.SyncedFrom;
import dev.bocau.protocol.Thumbnail;
import dev.bocau.protocol.TokenAccepted;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes server frames from the model. None has its position yet: that is the envelope's.
public final class Frames {
    private static final List<String> FEATURES = List.of("edit", "recall", "media");

    private Frames() {}

    /// The answer to device_connect.
    public static SharedFrame deviceConnected(
            UserId user,
            DeviceId device,
            String sessionId,
            long nowMs,
            long tokenExpiresAtMs,
            int heartbeatMs,
            Sync sync,
            Limits limits) {
        return shared(
                ServerFrame.newBuilder()
                        .setDeviceConnected(
                                DeviceConnected.newBuilder()
                                        .setUserId(user.value())
                                        .setDeviceId(device.value())
                                        .setSessionId(sessionId)
                                        .setServerTime(nowMs)
                                        .setHeartbeatMs(heartbeatMs)
                                        .setWindow(limits.window())
                                        .setAckEvery(Math.min(limits.ackEvery(), limits.window()))
                                        .setAckMs(limits.ackMs())
                                        .setLocalIdDays(limits.localIdDays())
                                        .setMaxFrameBytes(limits.frameBytes())
                                        .setMaxContentBytes(limits.contentBytes())
                                        .setTokenExpiresAt(tokenExpiresAtMs)
                                        .addAllFeatures(FEATURES)
                                        .setSync(sync)));
    }

    /// A message as it happens.
    ///
    /// @param own whether it goes to devices of its sender
    public static SharedFrame newMessage(Message message, boolean own) {
        return shared(ServerFrame.newBuilder().setNewMessage(of(message, own)));
    }

    /// The ✓.
    ///
    /// @param media what the message carries; null: nothing
    public static SharedFrame messageReceived(
            LocalId localId,
            MessageId id,
            ConversationId conversation,
            long seq,
            long atMs,
            @Nullable Media media) {
        MessageReceived.Builder received =
                MessageReceived.newBuilder()
                        .setLocalId(localId.value())
                        .setServerId(id.toString())
                        .setConversationId(conversation.value())
                        .setSeq(seq)
                        .setTimestamp(atMs)
                        .setStatus(MessageStatus.MESSAGE_STATUS_RECEIVED);
        if (media != null) {
            received.setMedia(of(media));
        }
        return shared(ServerFrame.newBuilder().setMessageReceived(received));
    }

    /// A page of a snapshot.
    public static SharedFrame snapshot(
            UserId user, boolean reset, List<ConversationState> states, boolean more) {
        ConversationStates.Builder page =
                ConversationStates.newBuilder().setReset(reset).setMore(more);
        states.forEach(state -> page.addConversations(of(state, user)));
        return shared(ServerFrame.newBuilder().setSyncConversationStates(page));
    }

    /// A page of entries of any kind.
    ///
    /// @param totalCount entries that were left when this sync began
    /// @param lastSyncAtMs when the device last moved its cursor before; 0: never, or not part of a
    ///   sync
    public static SharedFrame page(
            UserId user, List<Entry> entries, boolean more, int totalCount, long lastSyncAtMs) {
        MissedMessages.Builder page =
                MissedMessages.newBuilder()
                        .setMore(more)
                        .setTotalCount(totalCount)
                        .setLastSyncAt(lastSyncAtMs);
        for (Entry entry : entries) {
            switch (entry) {
                case Entry.Added(Message message) -> page.addMessages(of(message, user));
                case Entry.Changed(Message message) when message.recalled() ->
                        page.addDeletedMessages(of(message, user));
                case Entry.Changed(Message message) -> page.addChangedMessages(of(message, user));
                case Entry.Joined(ConversationState state) ->
                        page.addConversations(of(state, user).setJoined(true));
                case Entry.Restated(ConversationState state) ->
                        page.addConversations(of(state, user));
                case Entry.Left left -> page.addRemovedConversations(left.conversation().value());
                case Entry.ReadHere read -> page.addReads(of(read));
                case Entry.Received(Receipt receipt) -> page.addReceipts(of(receipt));
            }
        }
        return shared(ServerFrame.newBuilder().setSyncMissedMessages(page));
    }

    /// Entries as they happen: a single message or read mark goes out as just that.
    public static SharedFrame live(UserId user, List<Entry> entries, boolean more) {
        Entry only = entries.size() == 1 ? entries.getFirst() : null;
        return switch (only) {
            case Entry.Added(Message message) -> newMessage(message, message.sender().equals(user));
            case Entry.ReadHere read ->
                    shared(ServerFrame.newBuilder().setMessagesReadSync(of(read)));
            case null, default -> page(user, entries, more, entries.size(), 0);
        };
    }

    /// What a receipt track holds.
    ///
    /// @param entries {@link Entry.Received} of this track
    public static SharedFrame receipts(Track track, List<Entry> entries) {
        List<dev.bocau.protocol.Receipt> receipts =
                entries.stream().map(entry -> of(((Entry.Received) entry).receipt())).toList();
        return shared(
                track == Track.DELIVERED
                        ? ServerFrame.newBuilder()
                                .setDeliveryUpdates(
                                        DeliveryUpdates.newBuilder().addAllUpdates(receipts))
                        : ServerFrame.newBuilder()
                                .setReadReceipts(
                                        ReadReceipts.newBuilder().addAllReceipts(receipts)));
    }

    /// A token was renewed.
    public static SharedFrame tokenAccepted(long expiresAtMs) {
        return shared(
                ServerFrame.newBuilder()
                        .setTokenAccepted(TokenAccepted.newBuilder().setExpiresAt(expiresAtMs)));
    }

    /// The answer to a ping.
    public static SharedFrame pong(long timestamp) {
        return shared(ServerFrame.newBuilder().setPong(Pong.newBuilder().setTimestamp(timestamp)));
    }

    /// A refusal.
    public static SharedFrame error(Refusal refusal, About about) {
        Error.Builder error =
                Error.newBuilder().setCode(refusal.code().number()).setReason(refusal.reason());
        if (!about.localId().isEmpty()) {
            error.setLocalId(about.localId());
        }
        if (!about.conversation().isEmpty()) {
            error.setConversationId(about.conversation());
        }
        if (!about.frame().isEmpty()) {
            error.setFrame(about.frame());
        }
        if (refusal.retryAfterMs() > 0) {
            error.setRetryAfterMs(Math.toIntExact(refusal.retryAfterMs()));
        }
        return shared(ServerFrame.newBuilder().setError(error));
    }

    static SharedFrame shared(ServerFrame.Builder frame) {
        return new SharedFrame(frame.build());
    }

    // ---------------------------------------------------------------------------------------------- parts of frames

    private static dev.bocau.protocol.Message of(Message message, UserId user) {
        return of(message, message.sender().equals(user));
    }

    private static dev.bocau.protocol.Message of(Message message, boolean own) {
        dev.bocau.protocol.Message.Builder out =
                dev.bocau.protocol.Message.newBuilder()
                        .setId(message.id().toString())
                        .setConversationId(message.conversation().value())
                        .setSeq(message.seq())
                        .setSenderId(message.sender().value())
                        .setKind(
                                switch (message.kind()) {
                                    case TEXT -> MessageKind.MESSAGE_KIND_TEXT;
                                    case IMAGE -> MessageKind.MESSAGE_KIND_IMAGE;
                                    case FILE -> MessageKind.MESSAGE_KIND_FILE;
                                })
                        .setContent(message.content())
                        .setTimestamp(message.timestampMs())
                        .setVersion(message.version());
        if (own) {
            out.setSenderDeviceId(message.senderDevice().value())
                    .setLocalId(message.localId().value());
        }
        Media media = message.media();
        if (media != null) {
            out.setMedia(of(media));
        }
        Long editedAtMs = message.editedAtMs();
        if (editedAtMs != null) {
            out.setEditedAt(editedAtMs);
        }
        Long recalledAtMs = message.recalledAtMs();
        if (recalledAtMs != null) {
            out.setRecalledAt(recalledAtMs);
        }
        return out.build();
    }

    private static dev.bocau.protocol.Media of(Media media) {
        dev.bocau.protocol.Media.Builder out =
                dev.bocau.protocol.Media.newBuilder()
                        .setId(media.id().value())
                        .setName(media.name())
                        .setType(media.type())
                        .setBytes(media.bytes());
        Media.Size size = media.size();
        if (size != null) {
            out.setWidth(size.width()).setHeight(size.height());
        }
        Media.Preview preview = media.preview();
        if (preview != null) {
            out.setBlurhash(preview.blurhash())
                    .setThumbnail(
                            Thumbnail.newBuilder()
                                    .setWidth(preview.thumbnail().width())
                                    .setHeight(preview.thumbnail().height()));
        }
        return out.build();
    }

    private static Conversation.Builder of(ConversationState state, UserId user) {
        dev.bocau.model.Conversation conversation = state.conversation();
        Conversation.Builder out =
                Conversation.newBuilder()
                        .setId(conversation.id().value())
                        .setKind(
                                switch (conversation.kind()) {
                                    case DIRECT -> ConversationKind.CONVERSATION_KIND_DIRECT;
                                    case GROUP -> ConversationKind.CONVERSATION_KIND_GROUP;
                                })
                        .setTitle(conversation.title())
                        .setSinceSeq(state.sinceSeq())
                        .setMemberCount(state.memberCount())
                        .setHeadSeq(state.headSeq())
                        .setUnreadCount(state.unread())
                        .setReadSeq(state.readSeq())
                        .setCreatedAt(state.createdAtMs())
                        .setMutedUntil(state.mutedUntilMs());
        for (dev.bocau.model.Member member : state.members()) {
            out.addMembers(
                    Member.newBuilder()
                            .setUserId(member.user().value())
                            .setSinceSeq(member.sinceSeq()));
        }
        for (MemberReceipt receipt : state.receipts()) {
            out.addReceipts(
                    dev.bocau.protocol.MemberReceipt.newBuilder()
                            .setUserId(receipt.user().value())
                            .setDeliveredSeq(receipt.deliveredSeq())
                            .setDeliveredAt(receipt.deliveredAtMs())
                            .setReadSeq(receipt.readSeq())
                            .setReadAt(receipt.readAtMs()));
        }
        state.devices().forEach((device, mark) -> out.putDevices(device.value(), of(mark)));
        state.recent().forEach(message -> out.addRecent(of(message, user)));
        return out;
    }

    private static dev.bocau.protocol.DeviceMark of(DeviceMark mark) {
        return dev.bocau.protocol.DeviceMark.newBuilder()
                .setLastSeenSeq(mark.lastSeenSeq())
                .setLastSeenAt(mark.lastSeenAtMs())
                .setUnreadCount(mark.unread())
                .setType(of(mark.type()))
                .setPlatform(of(mark.platform()))
                .build();
    }

    private static ReadSync of(Entry.ReadHere read) {
        return ReadSync.newBuilder()
                .setConversationId(read.conversation().value())
                .setMessageId(read.message().toString())
                .setSeq(read.seq())
                .setReadAt(read.atMs())
                .setUnreadCount(read.unread())
                .setHeadSeq(read.headSeq())
                .setReadSeq(read.readSeq())
                .setSyncedFrom(syncedFrom(read.deviceId().value(), read.device()))
                .build();
    }

    private static SyncedFrom.Builder syncedFrom(String deviceId, Optional<Device> known) {
        SyncedFrom.Builder from = SyncedFrom.newBuilder().setDeviceId(deviceId);
        known.ifPresent(
                device -> from.setType(of(device.type())).setPlatform(of(device.platform())));
        return from;
    }

    private static DeviceType of(Device.Type type) {
        return switch (type) {
            case MOBILE -> DeviceType.DEVICE_TYPE_MOBILE;
            case WEB -> DeviceType.DEVICE_TYPE_WEB;
            case DESKTOP -> DeviceType.DEVICE_TYPE_DESKTOP;
        };
    }

    private static Platform of(Device.Platform platform) {
        return switch (platform) {
            case IOS -> Platform.PLATFORM_IOS;
            case ANDROID -> Platform.PLATFORM_ANDROID;
            case WEB -> Platform.PLATFORM_WEB;
            case WINDOWS -> Platform.PLATFORM_WINDOWS;
            case MAC -> Platform.PLATFORM_MAC;
            case LINUX -> Platform.PLATFORM_LINUX;
        };
    }

    private static dev.bocau.protocol.Receipt of(Receipt receipt) {
        return dev.bocau.protocol.Receipt.newBuilder()
                .setConversationId(receipt.conversation().value())
                .setMessageId(receipt.message().toString())
                .setSeq(receipt.seq())
                .setUserId(receipt.user().value())
                .setDeviceId(receipt.device().value())
                .setStatus(
                        switch (receipt.status()) {
                            case DELIVERED -> MessageStatus.MESSAGE_STATUS_DELIVERED;
                            case READ -> MessageStatus.MESSAGE_STATUS_READ;
                        })
                .setTimestamp(receipt.atMs())
                .build();
    }
}
