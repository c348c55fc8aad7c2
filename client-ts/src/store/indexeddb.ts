import { type DBSchema, deleteDB, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import type { HeldConversation, HeldMessage, OutboxItem, Own, PendingRead } from "../held/held.js";
import type { SeqRange, Store, Transaction } from "./store.js";

/**
 * The store of a browser: one IndexedDB database per server, user and device.
 *
 *     meta           "position"               the position
 *     conversations  id
 *     messages       [conversationId, seq]    index "sender": [conversationId, senderId, seq]
 *     outbox         localId                  index "order"
 *     files          localId                  of an item of the outbox: a Blob
 *     pendingReads   [conversationId, seq]
 */
export async function indexedDbStore(server: string, own: Own): Promise<Store> {
  const name = databaseName(server, own);
  const database = await openDB<Schema>(name, 2, {
    upgrade(older, version) {
      if (version < 1) {
        older.createObjectStore("meta");
        older.createObjectStore("conversations", { keyPath: "id" });
        older
          .createObjectStore("messages", { keyPath: ["conversationId", "seq"] })
          .createIndex("sender", ["conversationId", "senderId", "seq"]);
        older.createObjectStore("outbox", { keyPath: "localId" }).createIndex("order", "order");
        older.createObjectStore("pendingReads", { keyPath: ["conversationId", "seq"] });
      }
      older.createObjectStore("files");
    },
    // Another tab erases the database or brings a newer layout: it would wait for us for ever.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
  return {
    transaction: (access, work) => runIn(database, access, work),
    async close() {
      database.close();
    },
    async destroy() {
      database.close();
      await deleteDB(name);
    },
  };
}

interface Schema extends DBSchema {
  meta: { key: "position"; value: string };
  conversations: { key: string; value: HeldConversation };
  messages: { key: [string, number]; value: HeldMessage; indexes: { sender: [string, string, number] } };
  outbox: { key: string; value: OutboxItem; indexes: { order: number } };
  files: { key: string; value: Blob };
  pendingReads: { key: [string, number]; value: PendingRead };
}

const objectStores = ["meta", "conversations", "messages", "outbox", "files", "pendingReads"] as const;
type Open<Mode extends IDBTransactionMode> = IDBPTransaction<Schema, typeof objectStores, Mode>;

/** Ids have no "/": two devices never share a name. */
function databaseName(server: string, own: Own): string {
  return `bocau/${encodeURIComponent(server)}/${own.userId}/${own.deviceId}`;
}

async function runIn<T>(
  database: IDBPDatabase<Schema>,
  access: "read" | "write",
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  // Typed as writable throughout: IndexedDB itself refuses a write in a transaction that was opened for reading.
  const open = database.transaction(objectStores, access === "write" ? "readwrite" : "readonly") as Open<"readwrite">;
  // A transaction that fails rejects `done` too, also where we are not waiting for it.
  const done = open.done.catch((failure: unknown) => failure);
  let result: T;
  try {
    result = await work(transactionOn(open));
  } catch (failure) {
    abort(open);
    await done;
    throw failure;
  }
  const failure = await done;
  if (failure !== undefined) {
    throw failure;
  }
  return result;
}

function abort(open: Open<"readwrite">): void {
  try {
    open.abort();
  } catch {
    // A failed request has aborted it already.
  }
}

function transactionOn(open: Open<"readwrite">): Transaction {
  const meta = open.objectStore("meta");
  const conversations = open.objectStore("conversations");
  const messages = open.objectStore("messages");
  const outbox = open.objectStore("outbox");
  const files = open.objectStore("files");
  const pendingReads = open.objectStore("pendingReads");

  async function removeOutboxItem(localId: string): Promise<void> {
    await outbox.delete(localId);
    await files.delete(localId);
  }

  return {
    position: () => meta.get("position"),
    async setPosition(position) {
      await meta.put(position, "position");
    },

    conversation: (id) => conversations.get(id),
    conversations: () => conversations.getAll(),
    async putConversation(conversation) {
      await conversations.put(conversation);
    },

    message: (conversationId, seq) => messages.get([conversationId, seq]),
    async messages(conversationId, range) {
      const { fromSeq = 0, toSeq = Number.MAX_SAFE_INTEGER, limit = Number.MAX_SAFE_INTEGER } = range;
      const found: HeldMessage[] = [];
      // From the newest downwards in as few requests as there are holes: a cursor would need one for each message.
      let top = toSeq;
      while (found.length < limit && top >= fromSeq) {
        const newest = await messages.openKeyCursor(seqRange(conversationId, { fromSeq, toSeq: top }), "prev");
        if (!newest) {
          break;
        }
        const high = newest.primaryKey[1];
        const low = Math.max(fromSeq, high - (limit - found.length) + 1);
        found.unshift(...(await messages.getAll(seqRange(conversationId, { fromSeq: low, toSeq: high }))));
        top = low - 1;
      }
      return found;
    },
    async lowestSeq(conversationId) {
      const cursor = await messages.openKeyCursor(seqRange(conversationId, {}));
      return cursor?.primaryKey[1];
    },
    countMessages(conversationId, range, senderId) {
      if (senderId === undefined) {
        return messages.count(seqRange(conversationId, range));
      }
      const { fromSeq = 0, toSeq = Number.MAX_SAFE_INTEGER } = range;
      const keys = IDBKeyRange.bound([conversationId, senderId, fromSeq], [conversationId, senderId, toSeq]);
      return messages.index("sender").count(keys);
    },
    async putMessage(message) {
      await messages.put(message);
    },
    removeMessagesBelow: (conversationId, seq) =>
      messages.delete(IDBKeyRange.bound([conversationId, 0], [conversationId, seq], false, true)),

    outbox: () => outbox.index("order").getAll(),
    outboxItem: (localId) => outbox.get(localId),
    async putOutboxItem(item) {
      await outbox.put(item);
    },
    removeOutboxItem,
    outboxFile: (localId) => files.get(localId),
    async putOutboxFile(localId, file) {
      await files.put(file, localId);
    },

    pendingReads: () => pendingReads.getAll(),
    async putPendingRead(read) {
      await pendingReads.put(read);
    },
    removePendingReads: (conversationId, range) => pendingReads.delete(seqRange(conversationId, range)),

    async removeConversation(id) {
      await conversations.delete(id);
      await messages.delete(seqRange(id, {}));
      await pendingReads.delete(seqRange(id, {}));
      for (const item of await outbox.getAll()) {
        if (item.conversationId === id) {
          await removeOutboxItem(item.localId);
        }
      }
    },
    async forget() {
      await meta.clear();
      await conversations.clear();
      await messages.clear();
    },
  };
}

function seqRange(conversationId: string, { fromSeq = 0, toSeq = Number.MAX_SAFE_INTEGER }: SeqRange): IDBKeyRange {
  return IDBKeyRange.bound([conversationId, fromSeq], [conversationId, toSeq]);
}
