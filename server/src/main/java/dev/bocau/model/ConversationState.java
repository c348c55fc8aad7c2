package dev.bocau.model;

import java.util.List;
import java.util.Map;

/// A conversation as one of its members sees it at one moment.
///
/// @param sinceSeq the member's first visible message
/// @param members empty in large conversations, as are the `receipts` of the other members
/// @param unread messages of others past `readSeq`, at most 999
/// @param devices the member's own devices that have read something
/// @param recent the newest messages, oldest first, as many as were asked for and fit
/// @param mutedUntilMs until when the member does not want to be notified; 0: it wants to
public record ConversationState(
        Conversation conversation,
        long sinceSeq,
        int memberCount,
        List<Member> members,
        long headSeq,
        long readSeq,
        int unread,
        List<MemberReceipt> receipts,
        Map<DeviceId, DeviceMark> devices,
        List<Message> recent,
        long createdAtMs,
        long mutedUntilMs) {

    /// How far another member has got and read.
    public record MemberReceipt(
            UserId user, long deliveredSeq, long deliveredAtMs, long readSeq, long readAtMs) {}

    /// How far a device has read.
    public record DeviceMark(
            long lastSeenSeq,
            long lastSeenAtMs,
            int unread,
            Device.Type type,
            Device.Platform platform) {}

    /// The same with these recent messages.
    public ConversationState with(List<Message> newRecent) {
        return new ConversationState(
                conversation,
                sinceSeq,
                memberCount,
                members,
                headSeq,
                readSeq,
                unread,
                receipts,
                devices,
                newRecent,
                createdAtMs,
                mutedUntilMs);
    }

    /// How many bytes this takes on the wire at the most, in any encoding.
    public int wireBytes() {
        int bytes = 430 + conversation.id().value().length() + WireBytes.of(conversation.title());
        for (Member member : members) {
            bytes += 60 + member.user().value().length();
        }
        for (MemberReceipt receipt : receipts) {
            bytes += 150 + receipt.user().value().length();
        }
        for (DeviceId device : devices.keySet()) {
            bytes += 150 + device.value().length();
        }
        for (Message message : recent) {
            bytes += message.wireBytes();
        }
        return bytes;
    }
}
