package dev.bocau.push;

import dev.bocau.model.ConversationId;
import dev.bocau.model.Position.Cursor;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// What is to be pushed to a device.
///
/// @param items in the order in which they are to be pushed
/// @param dealtWith conversations whose notification the device has taken away itself
/// @param through how far pushing has come when that is done
/// @param doneUpToMs and which messages are done with by then
/// @param lookAgainAtMs when what lies behind it will be due, if it is not acknowledged before
record Due(
        List<Item> items,
        Set<ConversationId> dealtWith,
        Cursor through,
        long doneUpToMs,
        OptionalLong lookAgainAtMs) {

    /// One push, and the messages that it tells of.
    record Item(Notice notice, long fromSeq, long toSeq) {}
}
