package dev.bocau.media;

import dev.bocau.model.ConversationId;
import dev.bocau.model.MediaId;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;
import java.util.Optional;

/// Leave to fetch what a message carries, for some time.
///
/// @param viewer who fetches; empty: an administrator
public record Grant(
        MediaId media,
        Rendition rendition,
        ConversationId conversation,
        MessageId message,
        Optional<UserId> viewer,
        long expiresAtMs) {

    /// The same for something else that is kept.
    public Grant of(Rendition other) {
        return new Grant(media, other, conversation, message, viewer, expiresAtMs);
    }

    /// Which of the things that are kept of one upload.
    public enum Rendition {
        ORIGINAL,
        THUMBNAIL
    }
}
