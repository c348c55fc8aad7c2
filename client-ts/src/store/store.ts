import type { HeldConversation, HeldMessage, OutboxItem, PendingRead } from "../held/held.js";

/**
 * Keeps what one device of one user holds. `test/store/contract.ts` holds every implementation to this:
 *
 * - A transaction is atomic: when its work throws, none of its writes stay.
 * - Transactions run one after the other; each sees what the ones before it wrote.
 * - Work awaits nothing but its transaction: IndexedDB ends a transaction that is left alone.
 */
export interface Store {
  transaction<T>(access: "read" | "write", work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Lets go of what is open; the contents stay. */
  close(): Promise<void>;
  /** Erases everything, the outbox too, and closes. */
  destroy(): Promise<void>;
}

export interface SeqRange {
  readonly fromSeq?: number;
  /** Inclusive. */
  readonly toSeq?: number;
}

export interface MessageRange extends SeqRange {
  /** At most so many, the newest of the range. */
  readonly limit?: number;
}

export interface Transaction {
  /** Where the device stands: the position of the last frame whose effect is stored. */
  position(): Promise<string | undefined>;
  setPosition(position: string): Promise<void>;

  conversation(id: string): Promise<HeldConversation | undefined>;
  conversations(): Promise<readonly HeldConversation[]>;
  putConversation(conversation: HeldConversation): Promise<void>;

  message(conversationId: string, seq: number): Promise<HeldMessage | undefined>;
  /** Oldest first. */
  messages(conversationId: string, range: MessageRange): Promise<readonly HeldMessage[]>;
  lowestSeq(conversationId: string): Promise<number | undefined>;
  /** How many messages of the range are held, or how many of them this user sent: without reading them. */
  countMessages(conversationId: string, range: SeqRange, senderId?: string): Promise<number>;
  putMessage(message: HeldMessage): Promise<void>;
  removeMessagesBelow(conversationId: string, seq: number): Promise<void>;

  /** By order. */
  outbox(): Promise<readonly OutboxItem[]>;
  outboxItem(localId: string): Promise<OutboxItem | undefined>;
  putOutboxItem(item: OutboxItem): Promise<void>;
  /** With its file. */
  removeOutboxItem(localId: string): Promise<void>;
  /** The bytes that an item of the outbox brings with it. */
  outboxFile(localId: string): Promise<Blob | undefined>;
  putOutboxFile(localId: string, file: Blob): Promise<void>;

  /** By conversation, then by seq. */
  pendingReads(): Promise<readonly PendingRead[]>;
  putPendingRead(read: PendingRead): Promise<void>;
  removePendingReads(conversationId: string, range: SeqRange): Promise<void>;

  /** Everything of one conversation, what waits to be sent to it too. */
  removeConversation(id: string): Promise<void>;
  /** Position, conversations and messages; what waits to be sent stays. */
  forget(): Promise<void>;
}
