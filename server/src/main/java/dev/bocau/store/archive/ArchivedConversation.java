package dev.bocau.store.archive;

import dev.bocau.model.Conversation;
import dev.bocau.model.UserId;
import java.util.Map;

/// A conversation and who is in it.
///
/// @param head the seq of its newest message
public record ArchivedConversation(
        Conversation conversation,
        long createdAtMs,
        long head,
        Map<UserId, ArchivedMember> members) {}
