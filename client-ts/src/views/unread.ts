import type { HeldConversation, Own } from "../held/held.js";
import type { Transaction } from "../store/store.js";

/** More are not told apart. */
export const unreadCap = 999;

/**
 * How many messages of others this user has not read: the server's count, as far as it has counted, and what has come since.
 *
 * @param readTo the user's read mark, or a later one of this device that the server has not confirmed yet
 */
export async function unreadOf(
  transaction: Transaction,
  own: Own,
  conversation: HeldConversation,
  readTo: number,
): Promise<number> {
  const { id, headSeq, unreadCount } = conversation;

  async function othersFrom(fromSeq: number): Promise<number> {
    const all = await transaction.countMessages(id, { fromSeq });
    return all - (await transaction.countMessages(id, { fromSeq }, own.userId));
  }

  const counted = Math.max(0, headSeq - readTo);
  const held = counted === 0 ? 0 : await transaction.countMessages(id, { fromSeq: readTo + 1, toSeq: headSeq });
  if (held >= counted) {
    // Everything past the mark is here: counting it is exact, also where the server does not know our mark yet.
    return Math.min(await othersFrom(readTo + 1), unreadCap);
  }
  return Math.min(Math.min(unreadCount, counted) + (await othersFrom(headSeq + 1)), unreadCap);
}
