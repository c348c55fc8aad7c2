import type { Own, OwnDeviceRead } from "../held/held.js";
import type { ReadSync } from "../protocol/frames.js";
import type { Transaction } from "../store/store.js";
import { type Change, conversationChanged } from "./changes.js";
import { counted } from "./counted.js";

/** One of this user's own devices has read; where it is this one, that confirms what it reported. */
export async function applyRead(transaction: Transaction, own: Own, read: ReadSync): Promise<readonly Change[]> {
  const conversation = await transaction.conversation(read.conversationId);
  if (conversation === undefined || conversation.stub) {
    // The conversation's state follows, and contains this.
    return [];
  }
  await transaction.putConversation({
    ...conversation,
    readSeq: Math.max(conversation.readSeq, read.readSeq),
    ...counted(conversation, read),
    devices: furtherRead(conversation.devices, {
      deviceId: read.syncedFrom.deviceId,
      seq: read.seq,
      readAt: read.readAt,
      type: read.syncedFrom.type,
      platform: read.syncedFrom.platform,
    }),
  });
  if (read.syncedFrom.deviceId === own.deviceId) {
    await transaction.removePendingReads(read.conversationId, { toSeq: read.seq });
  }
  return [conversationChanged(read.conversationId)];
}

/** A device's mark is a maximum; what is known of the device is not lost to a mark that does not tell it. */
export function furtherRead(devices: readonly OwnDeviceRead[], read: OwnDeviceRead): readonly OwnDeviceRead[] {
  const known = devices.find((device) => device.deviceId === read.deviceId);
  const others = devices.filter((device) => device !== known);
  if (known === undefined || read.seq >= known.seq) {
    return [...others, { ...known, ...read }];
  }
  return [...others, { ...read, ...known }];
}
