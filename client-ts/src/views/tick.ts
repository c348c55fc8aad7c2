import type { HeldConversation } from "../held/held.js";

/** How far an own message has come: ○ sending, ! failed, ✓ sent, ✓✓ delivered, blue ✓✓ read. */
export type Tick = "sending" | "failed" | "sent" | "delivered" | "read";

/**
 * Of an own message that the server has. All others must have got it, or read it, but only those who can see it at all:
 * members who joined later do not count. Large conversations tell no members, and stay at "sent".
 */
export function tickOf(
  seq: number,
  conversation: Pick<HeldConversation, "members" | "receipts">,
  userId: string,
): Tick {
  const others = conversation.members.filter((member) => member.userId !== userId && member.sinceSeq <= seq);
  if (others.length === 0) {
    return "sent";
  }
  const receipts = new Map(conversation.receipts.map((receipt) => [receipt.userId, receipt]));
  const readSeq = (member: string) => receipts.get(member)?.readSeq ?? 0;
  const deliveredSeq = (member: string) => Math.max(receipts.get(member)?.deliveredSeq ?? 0, readSeq(member));
  if (others.every((member) => readSeq(member.userId) >= seq)) {
    return "read";
  }
  return others.every((member) => deliveredSeq(member.userId) >= seq) ? "delivered" : "sent";
}
