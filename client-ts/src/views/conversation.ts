import type { HeldConversation, HeldMessage, OutboxItem, Own, OwnDeviceRead, PendingRead } from "../held/held.js";
import type { Member, Open } from "../protocol/frames.js";
import type { Transaction } from "../store/store.js";
import { heldMessage, type Message, waitingMessages } from "./message.js";
import { unreadOf } from "./unread.js";

/** A conversation as a person sees it. */
export interface Conversation {
  readonly id: string;
  /** The server has not told its title and members yet. */
  readonly incomplete: boolean;
  readonly kind: Open<"direct" | "group">;
  /** Often empty in direct conversations: show the other member. */
  readonly title: string;
  readonly memberCount: number;
  /** Empty in large conversations. */
  readonly members: readonly Member[];
  /** Messages of others that this user has read on none of the devices; 999 stands for more, too. */
  readonly unread: number;
  /** The newest message that this user has read, on whichever device. */
  readonly readSeq: number;
  /** The device on which this user has read furthest, and first so far. */
  readonly lastRead?: OwnDeviceRead;
  readonly lastMessage?: Message;
  /** 0 while incomplete. */
  readonly createdAt: number;
  /** Until when this user does not want to be notified of it; 0, and the past: it wants to. */
  readonly mutedUntil: number;
  /** The history has messages older than those held. */
  readonly hasOlder: boolean;
}

/** What lies in a store for a conversation, as far as a view of it needs it. */
interface Held {
  readonly conversation: HeldConversation;
  readonly outbox: readonly OutboxItem[];
  readonly pendingReads: readonly PendingRead[];
}

export async function viewConversations(transaction: Transaction, own: Own): Promise<readonly Conversation[]> {
  const outbox = await transaction.outbox();
  const pendingReads = await transaction.pendingReads();
  const views: Conversation[] = [];
  for (const conversation of await transaction.conversations()) {
    views.push(await viewOf(transaction, own, { conversation, outbox, pendingReads }));
  }
  return views.sort(newestFirst);
}

/** The order of a list: the same on all devices, also where two conversations are equally new. */
export function newestFirst(a: Conversation, b: Conversation): number {
  return changedAt(b) - changedAt(a) || (a.id < b.id ? -1 : 1);
}

function changedAt(conversation: Conversation): number {
  return conversation.lastMessage?.timestamp ?? conversation.createdAt;
}

export async function viewConversation(
  transaction: Transaction,
  own: Own,
  id: string,
): Promise<Conversation | undefined> {
  const conversation = await transaction.conversation(id);
  if (conversation === undefined) {
    return undefined;
  }
  const outbox = await transaction.outbox();
  const pendingReads = await transaction.pendingReads();
  return viewOf(transaction, own, { conversation, outbox, pendingReads });
}

async function viewOf(transaction: Transaction, own: Own, held: Held): Promise<Conversation> {
  const { conversation } = held;
  const readSeq = held.pendingReads
    .filter((read) => read.conversationId === conversation.id)
    .reduce((furthest, read) => Math.max(furthest, read.seq), conversation.readSeq);
  const lastRead = furthestRead(conversation, own, held.pendingReads);
  const [newest] = await transaction.messages(conversation.id, { limit: 1 });
  const lastMessage = lastOf(newest, held, own);
  return {
    id: conversation.id,
    incomplete: conversation.stub,
    kind: conversation.kind,
    title: conversation.title,
    createdAt: conversation.createdAt,
    mutedUntil: conversation.mutedUntil,
    memberCount: conversation.memberCount,
    members: conversation.members,
    unread: await unreadOf(transaction, own, conversation, readSeq),
    readSeq,
    ...(lastRead ? { lastRead } : {}),
    ...(lastMessage ? { lastMessage } : {}),
    hasOlder: await hasOlder(transaction, conversation),
  };
}

function lastOf(newest: HeldMessage | undefined, held: Held, own: Own): Message | undefined {
  const outbox = held.outbox.filter((item) => item.conversationId === held.conversation.id);
  return waitingMessages(outbox, own).at(-1) ?? (newest && heldMessage(newest, held.conversation, own, outbox));
}

async function hasOlder(transaction: Transaction, conversation: HeldConversation): Promise<boolean> {
  const lowest = await transaction.lowestSeq(conversation.id);
  return (lowest ?? conversation.headSeq + 1) > Math.max(conversation.sinceSeq, 1);
}

/** Where two devices have read equally far, the one that did so first: the other only saw it again. */
function furthestRead(
  conversation: HeldConversation,
  own: Own,
  pendingReads: readonly PendingRead[],
): OwnDeviceRead | undefined {
  const pending = pendingReads
    .filter((read) => read.conversationId === conversation.id)
    .map((read): OwnDeviceRead => ({ deviceId: own.deviceId, seq: read.seq, readAt: read.readAt }));
  return [...conversation.devices, ...pending]
    .filter((read) => read.seq > 0)
    .sort((a, b) => b.seq - a.seq || a.readAt - b.readAt)[0];
}

/** The newest messages of a conversation that are held, oldest first, and behind them what waits to be sent. */
export async function viewMessages(
  transaction: Transaction,
  own: Own,
  conversationId: string,
  range: { readonly limit: number; readonly beforeSeq?: number },
): Promise<readonly Message[]> {
  const conversation = await transaction.conversation(conversationId);
  const outbox = (await transaction.outbox()).filter((item) => item.conversationId === conversationId);
  if (conversation === undefined) {
    return [];
  }
  const held = await transaction.messages(conversationId, {
    limit: range.limit,
    ...(range.beforeSeq === undefined ? {} : { toSeq: range.beforeSeq - 1 }),
  });
  const shown = held.map((message) => heldMessage(message, conversation, own, outbox));
  if (range.beforeSeq !== undefined) {
    return shown;
  }
  return [...shown, ...waitingMessages(outbox, own)];
}
