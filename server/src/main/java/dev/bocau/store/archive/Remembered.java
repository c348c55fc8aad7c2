package dev.bocau.store.archive;

import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;

/// What was sent, or asked to be done to a message, under a `localId`.
///
/// @param fingerprint of what it was, in hex
public record Remembered(
        UserId user,
        DeviceId device,
        LocalId localId,
        String fingerprint,
        MessageId message,
        long seq,
        long timestampMs) {}
