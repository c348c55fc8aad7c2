package dev.bocau.store;

import dev.bocau.model.ConversationId;

/// What a user has not read of a conversation.
///
/// @param readSeq the user's read mark
/// @param count messages of others past it, at most 999
/// @param mutedUntilMs 0: not muted
public record Unread(ConversationId conversation, long readSeq, int count, long mutedUntilMs) {}
