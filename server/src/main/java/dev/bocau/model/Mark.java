package dev.bocau.model;

/// A place in a conversation: everything up to and including `seq`.
public record Mark(ConversationId conversation, long seq) {
    /// The one of two marks in a conversation that lies further.
    public Mark further(Mark other) {
        return other.seq > seq ? other : this;
    }
}
