package dev.bocau.model;

/// What a conversation is, apart from its members and messages.
public record Conversation(ConversationId id, Kind kind, String title, History history) {

    /// Whether it is the one conversation of two users, or a group.
    public enum Kind {
        DIRECT,
        GROUP
    }

    /// What a new member sees of the time before it joined.
    public enum History {
        FROM_JOIN,
        ALL
    }
}
