package dev.bocau.model;

/// A watermark: `user` has got, or read, all messages of `conversation` up to and including `seq`.
///
/// @param message the message at `seq`
/// @param device the device that moved the mark there
/// @param atMs when the message at `seq` was got or read
public record Receipt(
        ConversationId conversation,
        UserId user,
        DeviceId device,
        Status status,
        long seq,
        MessageId message,
        long atMs) {

    /// How far a message has come with somebody. Read implies delivered.
    public enum Status {
        DELIVERED,
        READ
    }
}
