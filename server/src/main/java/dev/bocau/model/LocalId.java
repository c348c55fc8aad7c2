package dev.bocau.model;

/// A client's own name for something it sends; unique within its device and conversation.
public record LocalId(String value) implements Id {
    @Override
    public String toString() {
        return value;
    }
}
