package dev.bocau.model;

/// Somebody in a conversation, who sees its messages from `sinceSeq` on.
public record Member(UserId user, long sinceSeq) {}
