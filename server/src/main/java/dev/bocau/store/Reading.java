package dev.bocau.store;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;

/// A device has shown its user everything up to `seq`.
///
/// @param atMs when, in server time
public record Reading(
        UserId user, DeviceId device, ConversationId conversation, long seq, long atMs) {}
