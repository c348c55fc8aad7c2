package dev.bocau.store.archive;

import dev.bocau.model.DeviceId;
import dev.bocau.model.ReadTime;
import java.util.List;
import java.util.Map;

/// How somebody belongs to a conversation, and how far it has come there since.
///
/// @param sinceSeq the first message that it sees
/// @param joinedSeq the head when it joined
/// @param mutedUntilMs until when it does not want to be notified; 0: it wants to
/// @param advances of its read mark, as far as they are kept, in the order in which they came
public record ArchivedMember(
        long sinceSeq,
        long joinedSeq,
        long joinedAtMs,
        long mutedUntilMs,
        Mark delivered,
        Mark read,
        Map<DeviceId, DeviceMarks> devices,
        List<ReadTime.Advance> advances) {

    /// Everything up to `seq`.
    ///
    /// @param by the device that came so far; empty: it joined there
    public record Mark(long seq, long atMs, DeviceId by) {}

    /// A device's own; at `joinedSeq` where it has not come further.
    public record DeviceMarks(Mark delivered, Mark read) {}
}
