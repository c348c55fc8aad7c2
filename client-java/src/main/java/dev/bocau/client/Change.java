package dev.bocau.client;

import dev.bocau.protocol.Message;

/// What applying a frame did to what the device holds; nothing for a frame that repeats what was
/// known.
sealed interface Change {
    /// Everything was forgotten; what follows is new.
    record Reset() implements Change {}

    /// The conversation, one of its messages or marks, or something that waits to be sent to it.
    record Changed(String conversationId) implements Change {}

    record Removed(String conversationId) implements Change {}

    /// A message that this device did not know, in contrast to one that a snapshot repeats.
    record Arrived(Message message) implements Change {}

    /// The server has answered, one way or the other.
    record Answered(String localId) implements Change {}
}
