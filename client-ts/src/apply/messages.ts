import type { HeldConversation, HeldMessage, Own } from "../held/held.js";
import type { Transaction } from "../store/store.js";
import { type Change, conversationChanged } from "./changes.js";

/** A message that was sent, in whatever frame it is told. */
export async function applyMessage(
  transaction: Transaction,
  own: Own,
  message: HeldMessage,
): Promise<readonly Change[]> {
  const conversation = await transaction.conversation(message.conversationId);
  if (conversation === undefined) {
    // "You were added" may come later than the messages: a change of the title moves it behind them.
    await transaction.putConversation(stub(message.conversationId));
  } else if (message.seq < conversation.sinceSeq) {
    return [];
  }
  const answers = await recogniseOwn(transaction, own, message);
  const held = await transaction.message(message.conversationId, message.seq);
  if (held !== undefined && !supersedes(message, held)) {
    return answers;
  }
  await transaction.putMessage(message);
  const arrivals: readonly Change[] = held === undefined ? [{ type: "arrived", message }] : [];
  return [...answers, ...arrivals, conversationChanged(message.conversationId)];
}

/** An edit or a recall. Of a message that is not held it says nothing: the history will tell its newest version. */
export async function applyChangedMessage(transaction: Transaction, message: HeldMessage): Promise<readonly Change[]> {
  const held = await transaction.message(message.conversationId, message.seq);
  if (held === undefined || !supersedes(message, held)) {
    return [];
  }
  await transaction.putMessage(message);
  return [conversationChanged(message.conversationId)];
}

function supersedes(message: HeldMessage, held: HeldMessage): boolean {
  return message.id !== held.id || message.version > held.version;
}

/** What this device has sent itself waits no longer when it comes back: the answer may have been lost on the way. */
async function recogniseOwn(transaction: Transaction, own: Own, message: HeldMessage): Promise<readonly Change[]> {
  const { localId } = message;
  if (message.senderId !== own.userId || message.senderDeviceId !== own.deviceId || localId === undefined) {
    return [];
  }
  const waiting = await transaction.outboxItem(localId);
  if (waiting?.intent.kind !== "send" || waiting.conversationId !== message.conversationId) {
    return [];
  }
  await transaction.removeOutboxItem(localId);
  return [{ type: "answered", localId }, conversationChanged(message.conversationId)];
}

function stub(id: string): HeldConversation {
  return {
    id,
    stub: true,
    kind: "group",
    title: "",
    sinceSeq: 1,
    memberCount: 0,
    members: [],
    receipts: [],
    readSeq: 0,
    unreadCount: 0,
    headSeq: 0,
    devices: [],
    createdAt: 0,
    mutedUntil: 0,
  };
}
