package dev.bocau.store.cluster;

import dev.bocau.model.ConversationId;

/// What is put at the end of a user's log. Each may come twice, and later than what came after it.
sealed interface Append {

    /// Messages of a conversation, all of those from `from` to `to`. Those that the log has already
    /// are passed over; if some in front of them are missing, these are put there, too.
    ///
    /// @param joined the head when the user joined
    record Added(ConversationId conversation, long joined, long from, long to) implements Append {}

    /// Something that takes the place of an earlier entry of the same name.
    record Changed(Name name) implements Append {}

    /// The user is in a conversation, whose messages go up to `last`: the entry stands for its
    /// whole state, and so for all that the log has not been told of it.
    record Joined(ConversationId conversation, long joined, long last) implements Append {}

    /// The user is not in a conversation any more.
    record Left(ConversationId conversation) implements Append {}
}
