package dev.bocau.store.cluster;

import dev.bocau.model.ConversationId;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;
import java.util.Set;

/// What a step may leave half done.
///
/// @param leaving who may not be among the members afterwards
/// @param changing messages whose state may be another one afterwards
record Touched(ConversationId conversation, Set<UserId> leaving, Set<MessageId> changing) {
    /// A conversation, whose members get its whole state.
    static Touched of(ConversationId conversation) {
        return new Touched(conversation, Set.of(), Set.of());
    }

    static Touched leaving(ConversationId conversation, Set<UserId> leaving) {
        return new Touched(conversation, leaving, Set.of());
    }

    static Touched changing(ConversationId conversation, MessageId message) {
        return new Touched(conversation, Set.of(), Set.of(message));
    }

    /// Whether there is more to it than the conversation.
    boolean isMore() {
        return !leaving.isEmpty() || !changing.isEmpty();
    }
}
