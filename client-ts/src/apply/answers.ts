import type { ChangeIntent, HeldMessage, Own } from "../held/held.js";
import { actionOf } from "../protocol/codes.js";
import type { ErrorFrame, MessageReceived } from "../protocol/frames.js";
import type { Transaction } from "../store/store.js";
import { type Change, conversationChanged } from "./changes.js";
import { applyMessage } from "./messages.js";

/** message_received: something that waited in the outbox is done. */
export async function applyConfirmation(
  transaction: Transaction,
  own: Own,
  frame: MessageReceived,
): Promise<readonly Change[]> {
  const item = await transaction.outboxItem(frame.localId);
  if (item === undefined || item.conversationId !== frame.conversationId) {
    return [];
  }
  await transaction.removeOutboxItem(item.localId);
  const changes: readonly Change[] = [
    { type: "answered", localId: item.localId },
    conversationChanged(item.conversationId),
  ];
  const { intent } = item;
  if (intent.kind === "send") {
    if (frame.position === undefined && (await isBehind(transaction, frame))) {
      return changes;
    }
    const message: HeldMessage = {
      id: frame.serverId,
      conversationId: frame.conversationId,
      seq: frame.seq,
      senderId: own.userId,
      senderDeviceId: own.deviceId,
      localId: item.localId,
      kind: intent.messageKind,
      content: intent.content,
      timestamp: frame.timestamp,
      version: 0,
      ...(frame.media === undefined ? {} : { media: frame.media }),
    };
    const stored = await applyMessage(transaction, own, message);
    return [...changes, ...stored.filter((change) => change.type !== "arrived")];
  }
  const held = await transaction.message(frame.conversationId, frame.seq);
  if (held?.id === intent.messageId) {
    await transaction.putMessage(confirmedChange(held, intent, frame));
  }
  return changes;
}

/**
 * The answer to a message that was sent long ago, which may have been edited since then: what is known here of its
 * content is not to be trusted. It is held already, or the history tells it.
 */
async function isBehind(transaction: Transaction, { conversationId, seq }: MessageReceived): Promise<boolean> {
  const conversation = await transaction.conversation(conversationId);
  const [newest] = await transaction.messages(conversationId, { limit: 1 });
  return seq <= Math.max(conversation?.headSeq ?? 0, newest?.seq ?? 0);
}

/** The version stays, so that the change itself, which is on its way, is not taken for a repetition. */
function confirmedChange(held: HeldMessage, intent: ChangeIntent, frame: MessageReceived): HeldMessage {
  if (intent.kind === "edit") {
    return { ...held, content: intent.content, editedAt: frame.timestamp };
  }
  const { media: _media, ...rest } = held;
  return { ...rest, content: "", recalledAt: frame.timestamp };
}

/** An error of the kind that would come again: what was refused waits no longer. */
export async function applyRefusal(transaction: Transaction, frame: ErrorFrame): Promise<readonly Change[]> {
  if (actionOf(frame.code) !== "drop") {
    return [];
  }
  if (frame.localId !== undefined) {
    const item = await transaction.outboxItem(frame.localId);
    if (item === undefined) {
      return [];
    }
    if ((await transaction.conversation(item.conversationId)) === undefined) {
      // This user has left it meanwhile: there is no place where the failure could be seen.
      await transaction.removeOutboxItem(item.localId);
    } else {
      await transaction.putOutboxItem({ ...item, failure: { code: frame.code, reason: frame.reason } });
    }
    return [{ type: "answered", localId: item.localId }, conversationChanged(item.conversationId)];
  }
  if (frame.frame === "mark_read" && frame.conversationId !== undefined) {
    await transaction.removePendingReads(frame.conversationId, {});
    return [conversationChanged(frame.conversationId)];
  }
  return [];
}
