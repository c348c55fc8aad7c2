package dev.bocau.client;

/// A read that the server has not confirmed. Several may wait in a conversation: each keeps its own
/// time.
public record PendingRead(String conversationId, long seq, long readAt) {}
