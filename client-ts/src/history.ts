import type { WireMessage } from "./protocol/frames.js";
import type { Transaction } from "./store/store.js";

/**
 * Keeps a page of the history, provided that it joins on to what is held: the messages of a conversation are held without
 * a hole up to the newest, and a snapshot may have come in between and left the page behind.
 *
 * @param page oldest first
 */
export async function storeHistory(
  transaction: Transaction,
  conversationId: string,
  page: readonly WireMessage[],
): Promise<void> {
  const conversation = await transaction.conversation(conversationId);
  const newest = page.at(-1);
  if (conversation === undefined || newest === undefined) {
    return;
  }
  const lowest = (await transaction.lowestSeq(conversationId)) ?? conversation.headSeq + 1;
  if (newest.seq < lowest - 1) {
    return;
  }
  for (const message of page) {
    const held = await transaction.message(conversationId, message.seq);
    const news = held === undefined || message.version > held.version;
    if (news && message.conversationId === conversationId && message.seq >= conversation.sinceSeq) {
      await transaction.putMessage(message);
    }
  }
}
