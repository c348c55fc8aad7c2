import type { HeldConversation, Own, OwnDeviceRead } from "../held/held.js";
import type { MemberReceipt, WireConversation } from "../protocol/frames.js";
import type { Transaction } from "../store/store.js";
import { type Change, conversationChanged } from "./changes.js";
import { counted } from "./counted.js";
import { applyMessage } from "./messages.js";
import { furtherRead } from "./reads.js";
import { furtherReceipt } from "./receipts.js";

/** A conversation's state: of a snapshot, or because its title or members have changed, or this user has joined. */
export async function applyConversation(
  transaction: Transaction,
  own: Own,
  state: WireConversation,
): Promise<readonly Change[]> {
  const held = await transaction.conversation(state.id);
  await transaction.putConversation(merged(held, state));
  // What is held from before the user has joined again was not kept up meanwhile.
  await transaction.removeMessagesBelow(state.id, state.joined ? state.headSeq + 1 : state.sinceSeq);

  const changes: Change[] = [conversationChanged(state.id)];
  for (const message of state.recent) {
    // A snapshot repeats what is known: these messages do not arrive.
    const recent = await applyMessage(transaction, own, message);
    changes.push(...recent.filter((change) => change.type !== "arrived"));
  }
  // What the server knows of this device's reads is confirmed, and what lies before its join will never be.
  const ownMark = marksOf(state).find((mark) => mark.deviceId === own.deviceId)?.seq ?? 0;
  await transaction.removePendingReads(state.id, { toSeq: Math.max(ownMark, state.sinceSeq - 1) });
  return changes;
}

/** Title, members and what hangs on them are replaced; marks only grow, unless the user has left and joined again. */
function merged(known: HeldConversation | undefined, state: WireConversation): HeldConversation {
  const held = known !== undefined && (state.joined || state.sinceSeq > known.sinceSeq) ? undefined : known;
  return {
    id: state.id,
    stub: false,
    kind: state.kind,
    title: state.title,
    sinceSeq: state.sinceSeq,
    memberCount: state.memberCount,
    members: state.members,
    receipts: state.receipts.map((told) => furtherReceipt(receiptOf(held, told.userId), told)),
    readSeq: Math.max(held?.readSeq ?? 0, state.readSeq),
    ...counted(held, state),
    devices: marksOf(state).reduce(furtherRead, held?.devices ?? []),
    createdAt: state.createdAt,
    mutedUntil: state.mutedUntil,
  };
}

function receiptOf(held: HeldConversation | undefined, userId: string): MemberReceipt | undefined {
  return held?.receipts.find((receipt) => receipt.userId === userId);
}

function marksOf(state: WireConversation): readonly OwnDeviceRead[] {
  return Object.entries(state.devices).map(([deviceId, mark]) => ({
    deviceId,
    seq: mark.lastSeenSeq,
    readAt: mark.lastSeenAt,
    type: mark.type,
    platform: mark.platform,
  }));
}
