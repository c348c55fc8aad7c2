package dev.bocau.store;

import dev.bocau.model.DeviceId;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.OptionalLong;

/// How far one message has come: per other member, and per device of it.
public record MessageStatus(
        MessageId message, long seq, UserId sender, List<MemberStatus> members) {

    /// How far it has come with one member: with whichever device was first.
    ///
    /// @param deliveredAtMs when, at the latest: a delivery mark keeps only its own time; empty:
    ///   not yet
    /// @param readAtMs empty: not yet
    public record MemberStatus(
            UserId user,
            OptionalLong deliveredAtMs,
            OptionalLong readAtMs,
            List<DeviceStatus> devices) {}

    /// How far it has come with one device.
    ///
    /// @param deliveredAtMs when, at the latest; empty: not yet
    /// @param readAtMs when, at the latest; empty: not yet
    public record DeviceStatus(
            DeviceId device, OptionalLong deliveredAtMs, OptionalLong readAtMs) {}
}
