import type { Message } from "@bocau/client";

/** A message as it stands among its neighbours. */
export interface Placed {
  readonly message: Message;
  /** It is the first of its day. */
  readonly newDay: boolean;
  /** The first that this user has not read. */
  readonly firstUnread: boolean;
  /** Follows, or is followed by, another of the same sender within moments: drawn as one group. */
  readonly joinsAbove: boolean;
  readonly joinsBelow: boolean;
}

const momentsMs = 5 * 60_000;

export function placed(messages: readonly Message[], readSeq: number): readonly Placed[] {
  const firstUnread = messages.find((message) => !message.own && (message.seq ?? 0) > readSeq);
  const groups = messages.map((message, index) => {
    const above = messages[index - 1];
    const newDay = above === undefined || !sameDay(above.timestamp, message.timestamp);
    const joinsAbove =
      above !== undefined &&
      !newDay &&
      message !== firstUnread &&
      above.senderId === message.senderId &&
      message.timestamp - above.timestamp < momentsMs;
    return { message, newDay, joinsAbove };
  });
  return groups.map((group, index) => ({
    ...group,
    firstUnread: group.message === firstUnread,
    joinsBelow: groups[index + 1]?.joinsAbove ?? false,
  }));
}

function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
