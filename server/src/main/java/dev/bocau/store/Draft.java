package dev.bocau.store;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;

/// A message that somebody wants to send.
///
/// @param readSeq what the sender has read while writing; 0: not said
public record Draft(
        ConversationId conversation,
        UserId sender,
        DeviceId device,
        LocalId localId,
        Message.Kind kind,
        String content,
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
                timestampMs,
                1,
                null,
                null);
    }

    /// What has to be the same when it is sent again under its `localId`.
    public byte[] fingerprint() {
        return Fingerprint.of(kind.name(), content);
    }
}
