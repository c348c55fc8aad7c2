import type { Own } from "../held/held.js";
import type { ServerFrame } from "../protocol/frames.js";
import type { Transaction } from "../store/store.js";
import { applyConfirmation, applyRefusal } from "./answers.js";
import type { Change } from "./changes.js";
import { applyConversation } from "./conversations.js";
import { applyChangedMessage, applyMessage } from "./messages.js";
import { applyRead } from "./reads.js";
import { applyReceipts } from "./receipts.js";

/**
 * The effect of one frame on what the device holds, its position included. A frame that comes twice, or after a newer
 * one, changes nothing but the position.
 */
export async function applyFrame(transaction: Transaction, own: Own, frame: ServerFrame): Promise<readonly Change[]> {
  const changes = await effectOf(frame, transaction, own);
  if (frame.position !== undefined) {
    await transaction.setPosition(frame.position);
  }
  return changes;
}

async function effectOf(frame: ServerFrame, transaction: Transaction, own: Own): Promise<readonly Change[]> {
  const changes: Change[] = [];
  switch (frame.type) {
    case "sync_conversation_states":
      if (frame.reset) {
        await transaction.forget();
        changes.push({ type: "reset" });
      }
      for (const conversation of frame.conversations) {
        changes.push(...(await applyConversation(transaction, own, conversation)));
      }
      return changes;

    case "sync_missed_messages":
      // The order is the protocol's: a later step may rely on an earlier one.
      for (const conversation of frame.conversations) {
        changes.push(...(await applyConversation(transaction, own, conversation)));
      }
      for (const message of frame.messages) {
        changes.push(...(await applyMessage(transaction, own, message)));
      }
      for (const message of [...frame.changedMessages, ...frame.deletedMessages]) {
        changes.push(...(await applyChangedMessage(transaction, message)));
      }
      for (const read of frame.reads) {
        changes.push(...(await applyRead(transaction, own, read)));
      }
      changes.push(...(await applyReceipts(transaction, own, frame.receipts)));
      for (const conversationId of frame.removedConversations) {
        await transaction.removeConversation(conversationId);
        changes.push({ type: "removed", conversationId });
      }
      return changes;

    case "new_message": {
      const { type: _type, position: _position, ...message } = frame;
      return applyMessage(transaction, own, message);
    }
    case "messages_read_sync":
      return applyRead(transaction, own, frame);
    case "delivery_updates":
      return applyReceipts(transaction, own, frame.updates);
    case "read_receipts":
      return applyReceipts(transaction, own, frame.receipts);
    case "message_received":
      return applyConfirmation(transaction, own, frame);
    case "error":
      return applyRefusal(transaction, frame);
    case "device_connected":
    case "token_accepted":
    case "pong":
      return [];
  }
}
