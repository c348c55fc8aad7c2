package dev.bocau.gateway.http;

import dev.bocau.model.Conversation;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Media;
import dev.bocau.model.Message;
import dev.bocau.model.UserId;
import dev.bocau.session.SessionRegistry.Listening;
import dev.bocau.store.MessageStatus;
import dev.bocau.store.MessageStatus.DeviceStatus;
import dev.bocau.store.MessageStatus.MemberStatus;
import dev.bocau.store.RegisteredDevice;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The JSON bodies of requests and answers.
final class Bodies {
    private Bodies() {}

    record PutUser(@Nullable String name) {}

    record UserAnswer(String id, String name) {}

    record PostToken(@Nullable String device, @Nullable Long validForSeconds) {}

    record TokenAnswer(String token, long expiresAt) {}

    record PutConversation(
            @Nullable String kind,
            @Nullable String title,
            @Nullable String history,
            @Nullable List<String> members) {}

    record PutMute(@Nullable Long mutedUntil) {}

    record ConversationAnswer(String id, String kind, String title, String history) {
        static ConversationAnswer of(Conversation conversation) {
            return new ConversationAnswer(
                    conversation.id().value(),
                    lower(conversation.kind()),
                    conversation.title(),
                    lower(conversation.history()));
        }
    }

    record MemberAnswer(String userId, long sinceSeq) {}

    record PostMessage(
            @Nullable String localId,
            @Nullable String senderId,
            @Nullable String deviceId,
            @Nullable String kind,
            @Nullable String content,
            @Nullable String mediaId) {}

    record ReceivedAnswer(
            String localId, String serverId, String conversationId, long seq, long timestamp) {}

    record MessageAnswer(
            String id,
            String conversationId,
            long seq,
            String senderId,
            Optional<String> senderDeviceId,
            Optional<String> localId,
            String kind,
            String content,
            long timestamp,
            int version,
            Optional<Long> editedAt,
            Optional<Long> recalledAt,
            Optional<MediaAnswer> media) {
        /// @param own whether it is for its sender, or for somebody who may know everything
        static MessageAnswer of(Message message, boolean own) {
            return new MessageAnswer(
                    message.id().toString(),
                    message.conversation().value(),
                    message.seq(),
                    message.sender().value(),
                    own ? Optional.of(message.senderDevice().value()) : Optional.empty(),
                    own ? Optional.of(message.localId().value()) : Optional.empty(),
                    lower(message.kind()),
                    message.content(),
                    message.timestampMs(),
                    message.version(),
                    Optional.ofNullable(message.editedAtMs()),
                    Optional.ofNullable(message.recalledAtMs()),
                    Optional.ofNullable(message.media()).map(MediaAnswer::of));
        }
    }

    record ThumbnailAnswer(int width, int height) {}

    record MediaAnswer(
            String id,
            String name,
            String type,
            long bytes,
            Optional<Integer> width,
            Optional<Integer> height,
            Optional<String> blurhash,
            Optional<ThumbnailAnswer> thumbnail) {
        static MediaAnswer of(Media media) {
            Optional<Media.Size> size = Optional.ofNullable(media.size());
            Optional<Media.Preview> preview = Optional.ofNullable(media.preview());
            return new MediaAnswer(
                    media.id().value(),
                    media.name(),
                    media.type(),
                    media.bytes(),
                    size.map(Media.Size::width),
                    size.map(Media.Size::height),
                    preview.map(Media.Preview::blurhash),
                    preview.map(it ->
                            new ThumbnailAnswer(it.thumbnail().width(), it.thumbnail().height())));
        }
    }

    record UploadAnswer(
            String id, long offset, long bytes, long expiresAt, Optional<MediaAnswer> media) {}

    record MediaUrlsAnswer(String original, Optional<String> thumbnail, long expiresAt) {}

    record HistoryAnswer(List<MessageAnswer> messages) {}

    record PushAnswer(long at, String answer) {}

    record DeviceStatusAnswer(
            String deviceId,
            OptionalLong deliveredAt,
            OptionalLong readAt,
            Optional<Long> session,
            OptionalLong sentAt,
            Optional<PushAnswer> pushed) {
        static DeviceStatusAnswer of(DeviceStatus status, Optional<Listening> listening) {
            return new DeviceStatusAnswer(
                    status.device().value(),
                    status.deliveredAtMs(),
                    status.readAtMs(),
                    listening.map(Listening::number),
                    listening.map(Listening::sentAtMs).orElse(OptionalLong.empty()),
                    status.pushed().map(push -> new PushAnswer(push.atMs(), push.answer())));
        }
    }

    record MemberStatusAnswer(
            String userId,
            OptionalLong deliveredAt,
            OptionalLong readAt,
            List<DeviceStatusAnswer> devices) {}

    record StatusAnswer(
            String messageId, long seq, String senderId, List<MemberStatusAnswer> members) {
        /// How a device listens, by user and device.
        interface Listens {
            Optional<Listening> listening(UserId user, DeviceId device);
        }

        static StatusAnswer of(MessageStatus status, Listens listens) {
            return new StatusAnswer(
                    status.message().toString(),
                    status.seq(),
                    status.sender().value(),
                    status.members().stream().map(member -> of(member, listens)).toList());
        }

        private static MemberStatusAnswer of(MemberStatus member, Listens listens) {
            return new MemberStatusAnswer(
                    member.user().value(),
                    member.deliveredAtMs(),
                    member.readAtMs(),
                    member.devices().stream()
                            .map(device ->
                                    DeviceStatusAnswer.of(
                                            device,
                                            listens.listening(member.user(), device.device())))
                            .toList());
        }
    }

    record DeviceAnswer(
            String id,
            String type,
            String platform,
            String appVersion,
            long createdAt,
            long lastActiveAt,
            boolean online) {
        static DeviceAnswer of(RegisteredDevice registered, boolean online) {
            return new DeviceAnswer(
                    registered.device().id().value(),
                    lower(registered.device().type()),
                    lower(registered.device().platform()),
                    registered.device().appVersion(),
                    registered.createdAtMs(),
                    registered.lastActiveAtMs(),
                    online);
        }
    }

    record DevicesAnswer(List<DeviceAnswer> devices) {}

    record ConnectAnswer(
            String websocket,
            String poll,
            Optional<String> tcp,
            Optional<String> mqtt,
            Optional<String> vapidPublicKey) {}

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
