package dev.bocau.store;

import dev.bocau.model.ConversationId;
import dev.bocau.model.LocalId;
import dev.bocau.model.MessageId;

/// The place that a message has got: what a ✓ says.
public record Sent(
        ConversationId conversation,
        LocalId localId,
        MessageId message,
        long seq,
        long timestampMs) {}
