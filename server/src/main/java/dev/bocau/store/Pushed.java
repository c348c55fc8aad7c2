package dev.bocau.store;

import dev.bocau.model.ConversationId;

/// A push about a conversation, and what the push provider said to it.
///
/// @param fromSeq the first and
/// @param toSeq the last message that it told of
/// @param answer the provider's name and answer, such as `web 201`
/// @param shown whether the provider took it and it was not taken back since
public record Pushed(
        ConversationId conversation,
        long fromSeq,
        long toSeq,
        long atMs,
        String answer,
        boolean shown) {

    /// The same, with nothing to be seen of it any more.
    public Pushed takenBack() {
        return new Pushed(conversation, fromSeq, toSeq, atMs, answer, false);
    }

    public boolean tellsOf(ConversationId id, long seq) {
        return conversation.equals(id) && fromSeq <= seq && seq <= toSeq;
    }
}
