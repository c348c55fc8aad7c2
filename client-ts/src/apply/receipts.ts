import type { HeldConversation, Own } from "../held/held.js";
import type { MemberReceipt, Receipt } from "../protocol/frames.js";
import type { Transaction } from "../store/store.js";
import { type Change, conversationChanged } from "./changes.js";

/** Others have got or read messages: watermarks, merged by maximum. */
export async function applyReceipts(
  transaction: Transaction,
  own: Own,
  receipts: readonly Receipt[],
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const receipt of receipts) {
    const conversation = await transaction.conversation(receipt.conversationId);
    if (conversation !== undefined && !conversation.stub && receipt.userId !== own.userId) {
      await transaction.putConversation(withReceipt(conversation, receipt));
      changes.push(conversationChanged(receipt.conversationId));
    }
  }
  return changes;
}

function withReceipt(conversation: HeldConversation, receipt: Receipt): HeldConversation {
  const known = conversation.receipts.find((held) => held.userId === receipt.userId);
  const others = conversation.receipts.filter((held) => held !== known);
  return { ...conversation, receipts: [...others, furtherReceipt(known, markOf(receipt))] };
}

/** Read implies delivered. */
function markOf(receipt: Receipt): MemberReceipt {
  const delivered = { userId: receipt.userId, deliveredSeq: receipt.seq, deliveredAt: receipt.timestamp };
  return receipt.status === "read"
    ? { ...delivered, readSeq: receipt.seq, readAt: receipt.timestamp }
    : { ...delivered, readSeq: 0, readAt: 0 };
}

/** The further of two receipts of one member, delivered and read each by itself. */
export function furtherReceipt(held: MemberReceipt | undefined, told: MemberReceipt): MemberReceipt {
  if (held === undefined) {
    return told;
  }
  const delivered = told.deliveredSeq > held.deliveredSeq ? told : held;
  const read = told.readSeq > held.readSeq ? told : held;
  return {
    userId: told.userId,
    deliveredSeq: delivered.deliveredSeq,
    deliveredAt: delivered.deliveredAt,
    readSeq: read.readSeq,
    readAt: read.readAt,
  };
}
