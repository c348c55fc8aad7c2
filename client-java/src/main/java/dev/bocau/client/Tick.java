package dev.bocau.client;

import dev.bocau.protocol.Conversation;
import dev.bocau.protocol.Member;
import dev.bocau.protocol.MemberReceipt;
import java.util.function.Predicate;

/// How far an own message has come.
public enum Tick {
    SENDING,
    /// Refused for good.
    FAILED,
    /// ✓
    SENT,
    /// ✓✓: all other members have got it.
    DELIVERED,
    /// Blue ✓✓: all other members have read it.
    READ;

    /// Of an own message that the server has. Members who joined later cannot see it and do not
    /// count. Large conversations tell no members, and stay at `SENT`.
    static Tick of(long seq, Conversation conversation, String userId) {
        boolean anybody =
                conversation.getMembersList().stream()
                        .anyMatch(member -> counts(member, seq, userId));
        if (!anybody) {
            return SENT;
        }
        if (all(conversation, seq, userId, receipt -> receipt.getReadSeq() >= seq)) {
            return READ;
        }
        boolean delivered =
                all(
                        conversation,
                        seq,
                        userId,
                        receipt ->
                                Math.max(receipt.getDeliveredSeq(), receipt.getReadSeq()) >= seq);
        return delivered ? DELIVERED : SENT;
    }

    private static boolean counts(Member member, long seq, String userId) {
        return !member.getUserId().equals(userId) && member.getSinceSeq() <= seq;
    }

    private static boolean all(
            Conversation conversation, long seq, String userId, Predicate<MemberReceipt> done) {
        return conversation.getMembersList().stream()
                .filter(member -> counts(member, seq, userId))
                .allMatch(member ->
                        conversation.getReceiptsList().stream()
                                .anyMatch(receipt ->
                                        receipt.getUserId().equals(member.getUserId())
                                                && done.test(receipt)));
    }
}
