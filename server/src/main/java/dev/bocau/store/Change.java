package dev.bocau.store;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;
import java.util.Optional;

/// An edit or a recall of one's own message.
///
/// @param content the new content; empty: recall
public record Change(
        ConversationId conversation,
        UserId sender,
        DeviceId device,
        LocalId localId,
        MessageId message,
        Optional<String> content) {
    /// What has to be the same when it is asked again under its `localId`.
    public byte[] fingerprint() {
        String id = message.toString();
        return content.map(text -> Fingerprint.of("EDIT", id, text))
                .orElseGet(() -> Fingerprint.of("RECALL", id));
    }
}
