package dev.bocau.store;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;

/// A device has shown its user everything up to `seq`.
///
/// @param atMs when, in server time; later than the step that keeps it counts as that
public record Reading(
        UserId user, DeviceId device, ConversationId conversation, long seq, long atMs) {
    /// Not before anything that was kept before it.
    public static final long JUST_NOW = Long.MAX_VALUE;
}
