package dev.bocau.store;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Media;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;
import org.jspecify.annotations.Nullable;

/// A message that somebody wants to send.
///
/// @param media what it carries; null: nothing
/// @param readSeq what the sender has read while writing; 0: not said
public record Draft(
        ConversationId conversation,
        UserId sender,
        DeviceId device,
        LocalId localId,
        Message.Kind kind,
        String content,
        @Nullable Media media,
        long readSeq) {

    /// The message that it becomes at its place.
    public Message at(MessageId id, long seq, long timestampMs) {
        return new Message(
                id,
                conversation,
                seq,
                sender,
                device,
                localId,
                kind,
                content,
                media,
                timestampMs,
                0,
                null,
                null);
    }

    /// The same, carrying something.
    public Draft with(Media carried) {
        return new Draft(conversation, sender, device, localId, kind, content, carried, readSeq);
    }

    /// What has to be the same when it is sent again under its `localId`.
    public byte[] fingerprint() {
        return media == null
                ? Fingerprint.of(kind.name(), content)
                : Fingerprint.of(kind.name() + "+MEDIA", content, media.id().value());
    }
}
