import type { HeldConversation, HeldMessage, OutboxItem, PendingRead } from "../held/held.js";
import type { SeqRange, Store, Transaction } from "./store.js";

/** A store that lasts as long as the process: for tests, bots, and browsers that refuse to store anything. */
export function memoryStore(): Store {
  let rows = emptyRows();
  let last: Promise<unknown> = Promise.resolve();

  return {
    transaction(access, work) {
      const run = async () => {
        // Rows are immutable, so copying the maps is all it takes to undo a transaction.
        const draft = access === "write" ? copyOf(rows) : rows;
        const result = await work(transactionOn(draft));
        rows = draft;
        return result;
      };
      const result = last.then(run, run);
      last = result;
      return result;
    },
    async close() {},
    async destroy() {
      rows = emptyRows();
    },
  };
}

interface Rows {
  position: string | undefined;
  readonly conversations: Map<string, HeldConversation>;
  /** By conversation, then by seq; the inner maps are replaced, never changed. */
  readonly messages: Map<string, ReadonlyMap<number, HeldMessage>>;
  readonly outbox: Map<string, OutboxItem>;
  readonly files: Map<string, Blob>;
  pendingReads: readonly PendingRead[];
}

function emptyRows(): Rows {
  return {
    position: undefined,
    conversations: new Map(),
    messages: new Map(),
    outbox: new Map(),
    files: new Map(),
    pendingReads: [],
  };
}

function copyOf(rows: Rows): Rows {
  return {
    position: rows.position,
    conversations: new Map(rows.conversations),
    messages: new Map(rows.messages),
    outbox: new Map(rows.outbox),
    files: new Map(rows.files),
    pendingReads: rows.pendingReads,
  };
}

const bySeq = (a: HeldMessage, b: HeldMessage) => a.seq - b.seq;

function transactionOn(rows: Rows): Transaction {
  const messagesOf = (conversationId: string) => rows.messages.get(conversationId) ?? new Map<number, HeldMessage>();

  function messagesIn(conversationId: string, { fromSeq = 0, toSeq = Number.MAX_SAFE_INTEGER }: SeqRange) {
    const inRange = [...messagesOf(conversationId).values()].filter((m) => m.seq >= fromSeq && m.seq <= toSeq);
    return inRange.sort(bySeq);
  }

  return {
    async position() {
      return rows.position;
    },
    async setPosition(position) {
      rows.position = position;
    },

    async conversation(id) {
      return rows.conversations.get(id);
    },
    async conversations() {
      return [...rows.conversations.values()];
    },
    async putConversation(conversation) {
      rows.conversations.set(conversation.id, conversation);
    },

    async message(conversationId, seq) {
      return messagesOf(conversationId).get(seq);
    },
    async messages(conversationId, range) {
      const inRange = messagesIn(conversationId, range);
      return range.limit === undefined ? inRange : inRange.slice(Math.max(0, inRange.length - range.limit));
    },
    async lowestSeq(conversationId) {
      const seqs = messagesOf(conversationId).keys();
      return [...seqs].reduce<number | undefined>((low, seq) => Math.min(low ?? seq, seq), undefined);
    },
    async countMessages(conversationId, range, senderId) {
      const inRange = messagesIn(conversationId, range);
      return inRange.filter((message) => senderId === undefined || message.senderId === senderId).length;
    },
    async putMessage(message) {
      rows.messages.set(message.conversationId, new Map(messagesOf(message.conversationId)).set(message.seq, message));
    },
    async removeMessagesBelow(conversationId, seq) {
      const kept = [...messagesOf(conversationId)].filter(([held]) => held >= seq);
      rows.messages.set(conversationId, new Map(kept));
    },

    async outbox() {
      return [...rows.outbox.values()].sort((a, b) => a.order - b.order);
    },
    async outboxItem(localId) {
      return rows.outbox.get(localId);
    },
    async putOutboxItem(item) {
      rows.outbox.set(item.localId, item);
    },
    async removeOutboxItem(localId) {
      rows.outbox.delete(localId);
      rows.files.delete(localId);
    },
    async outboxFile(localId) {
      return rows.files.get(localId);
    },
    async putOutboxFile(localId, file) {
      rows.files.set(localId, file);
    },

    async pendingReads() {
      return rows.pendingReads;
    },
    async putPendingRead(read) {
      const others = rows.pendingReads.filter(
        (held) => held.conversationId !== read.conversationId || held.seq !== read.seq,
      );
      rows.pendingReads = [...others, read].sort(
        (a, b) => compare(a.conversationId, b.conversationId) || a.seq - b.seq,
      );
    },
    async removePendingReads(conversationId, { fromSeq = 0, toSeq = Number.MAX_SAFE_INTEGER }: SeqRange) {
      rows.pendingReads = rows.pendingReads.filter(
        (held) => held.conversationId !== conversationId || held.seq < fromSeq || held.seq > toSeq,
      );
    },

    async removeConversation(id) {
      rows.conversations.delete(id);
      rows.messages.delete(id);
      rows.pendingReads = rows.pendingReads.filter((held) => held.conversationId !== id);
      for (const item of rows.outbox.values()) {
        if (item.conversationId === id) {
          rows.outbox.delete(item.localId);
          rows.files.delete(item.localId);
        }
      }
    },
    async forget() {
      rows.position = undefined;
      rows.conversations.clear();
      rows.messages.clear();
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
