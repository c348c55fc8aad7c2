package dev.bocau.store.cluster;

import dev.bocau.model.Conversation;
import dev.bocau.model.UserId;
import java.util.Map;
import java.util.UUID;

/// A conversation's title, history and members in one of its versions. Written before the step that
/// makes it true, and never changed.
record Roster(
        UUID id, Conversation conversation, long createdAtMs, Map<UserId, Membership> members) {

    /// Since when somebody is in a conversation.
    ///
    /// @param sinceSeq the first message that it sees
    /// @param joinedSeq the head when it joined
    record Membership(long sinceSeq, long joinedSeq, long joinedAtMs) {}
}
