package dev.bocau.store;

import dev.bocau.model.DeviceId;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// How far one message has come: per other member, and per device of it.
public record MessageStatus(
        MessageId message, long seq, UserId sender, List<MemberStatus> members) {

    /// The same with these members.
    public MessageStatus with(List<MemberStatus> others) {
        return new MessageStatus(message, seq, sender, others);
    }

    /// How far it has come with one member: with whichever device was first.
    ///
    /// @param deliveredAtMs when, at the latest: a delivery mark keeps only its own time; empty:
    ///   not yet
    /// @param readAtMs empty: not yet
    public record MemberStatus(
            UserId user,
            OptionalLong deliveredAtMs,
            OptionalLong readAtMs,
            List<DeviceStatus> devices) {

        /// The same with these devices.
        public MemberStatus with(List<DeviceStatus> others) {
            return new MemberStatus(user, deliveredAtMs, readAtMs, others);
        }
    }

    /// How far it has come with one device.
    ///
    /// @param deliveredAtMs when, at the latest; empty: not yet
    /// @param readAtMs when, at the latest; empty: not yet
    /// @param pushed the last push about it; empty: none, or none that is still known
    public record DeviceStatus(
            DeviceId device,
            OptionalLong deliveredAtMs,
            OptionalLong readAtMs,
            Optional<Pushed> pushed) {
        /// By its marks: what was read was delivered by then, though that mark may be written
        /// later.
        public DeviceStatus(DeviceId device, OptionalLong deliveredAtMs, OptionalLong readAtMs) {
            this(device, earlier(deliveredAtMs, readAtMs), readAtMs, Optional.empty());
        }

        private static OptionalLong earlier(OptionalLong one, OptionalLong other) {
            if (one.isEmpty() || other.isEmpty()) {
                return one.isPresent() ? one : other;
            }
            return OptionalLong.of(Math.min(one.getAsLong(), other.getAsLong()));
        }
    }
}
