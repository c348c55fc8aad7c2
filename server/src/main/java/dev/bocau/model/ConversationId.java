package dev.bocau.model;

/// The name of a conversation, chosen by whoever created it.
public record ConversationId(String value) implements Id, Comparable<ConversationId> {
    @Override
    public int compareTo(ConversationId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
