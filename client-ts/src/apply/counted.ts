/** The server's count of unread messages, and how far it has counted. */
export interface Counted {
  readonly unreadCount: number;
  readonly headSeq: number;
}

/**
 * The later of two counts: heads only grow, and below the same head a read mark can only lower the count. So a frame
 * that comes twice or late does not bring a cleared count back.
 */
export function counted(held: Counted | undefined, told: Counted): Counted {
  if (held === undefined || told.headSeq > held.headSeq) {
    return { unreadCount: told.unreadCount, headSeq: told.headSeq };
  }
  return {
    unreadCount: told.headSeq === held.headSeq ? Math.min(held.unreadCount, told.unreadCount) : held.unreadCount,
    headSeq: held.headSeq,
  };
}
