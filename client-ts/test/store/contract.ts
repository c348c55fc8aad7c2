import { beforeEach, describe, expect, test } from "vitest";
import type { HeldConversation, OutboxItem } from "../../src/held/held.js";
import type { Store, Transaction } from "../../src/index.js";
import { message, noon } from "../frames.js";

function held(id: string): HeldConversation {
  return {
    id,
    stub: false,
    kind: "group",
    title: id,
    sinceSeq: 1,
    memberCount: 0,
    members: [],
    receipts: [],
    readSeq: 0,
    unreadCount: 0,
    headSeq: 0,
    devices: [],
    createdAt: noon,
    mutedUntil: 0,
  };
}

function item(localId: string, order: number, conversationId = "c1"): OutboxItem {
  const intent = { kind: "send", messageKind: "text", content: localId, writtenAt: noon } as const;
  return { localId, conversationId, order, intent };
}

/** What `Store` promises. Every implementation runs it. */
export function storeContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });

  const write = <T>(work: (transaction: Transaction) => Promise<T>) => store.transaction("write", work);
  const read = <T>(work: (transaction: Transaction) => Promise<T>) => store.transaction("read", work);

  describe("a transaction", () => {
    test("keeps nothing when its work throws", async () => {
      await write((transaction) => transaction.setPosition("before"));
      const failing = write(async (transaction) => {
        await transaction.setPosition("after");
        await transaction.putMessage(message(1));
        await transaction.putPendingRead({ conversationId: "c1", seq: 1, readAt: noon });
        throw new Error("broken");
      });
      await expect(failing).rejects.toThrow("broken");
      expect(await read((transaction) => transaction.position())).toBe("before");
      expect(await read((transaction) => transaction.message("c1", 1))).toBeUndefined();
      expect(await read((transaction) => transaction.pendingReads())).toEqual([]);
    });

    test("sees its own writes, and those of the one before it", async () => {
      const first = write(async (transaction) => {
        await transaction.putMessage(message(1));
        return transaction.message("c1", 1);
      });
      const second = read((transaction) => transaction.message("c1", 1));
      expect(await first).toEqual(message(1));
      expect(await second).toEqual(message(1));
    });

    test("that failed does not stop the next", async () => {
      const failing = write(() => Promise.reject(new Error("broken")));
      const next = write((transaction) => transaction.setPosition("next"));
      await expect(failing).rejects.toThrow("broken");
      await next;
      expect(await read((transaction) => transaction.position())).toBe("next");
    });

    test("counts on from what the one before it has written, however many come at once", async () => {
      const increment = () =>
        write(async (transaction) => {
          const position = Number((await transaction.position()) ?? 0);
          await transaction.setPosition(String(position + 1));
        });
      await Promise.all(Array.from({ length: 20 }, increment));
      expect(await read((transaction) => transaction.position())).toBe("20");
    });
  });

  describe("messages", () => {
    beforeEach(() =>
      write(async (transaction) => {
        for (const seq of [10, 2, 9, 1, 3]) {
          await transaction.putMessage(message(seq));
        }
        await transaction.putMessage(message(5, { conversationId: "c2" }));
      }),
    );

    const seqs = async (range: Parameters<Transaction["messages"]>[1]) =>
      (await read((transaction) => transaction.messages("c1", range))).map((found) => found.seq);

    test("come by seq, not by text", async () => {
      expect(await seqs({})).toEqual([1, 2, 3, 9, 10]);
    });

    test("come from a range, both ends included", async () => {
      expect(await seqs({ fromSeq: 2, toSeq: 9 })).toEqual([2, 3, 9]);
      expect(await seqs({ fromSeq: 4, toSeq: 8 })).toEqual([]);
      expect(await seqs({ fromSeq: 8, toSeq: 4 })).toEqual([]);
    });

    test("come limited to the newest of the range, over holes too", async () => {
      expect(await seqs({ limit: 2 })).toEqual([9, 10]);
      expect(await seqs({ limit: 3 })).toEqual([3, 9, 10]);
      expect(await seqs({ toSeq: 9, limit: 3 })).toEqual([2, 3, 9]);
      expect(await seqs({ fromSeq: 3, limit: 9 })).toEqual([3, 9, 10]);
      expect(await seqs({ limit: 0 })).toEqual([]);
    });

    test("know their lowest seq", async () => {
      expect(await read((transaction) => transaction.lowestSeq("c1"))).toBe(1);
      expect(await read((transaction) => transaction.lowestSeq("none"))).toBeUndefined();
    });

    test("are counted in a range, all of them or those of one sender", async () => {
      await write((transaction) => transaction.putMessage(message(4, { senderId: "alice" })));
      const count = (range: { fromSeq?: number; toSeq?: number }, sender?: string) =>
        read((transaction) => transaction.countMessages("c1", range, sender));
      expect(await count({})).toBe(6);
      expect(await count({ fromSeq: 3, toSeq: 9 })).toBe(3);
      expect(await count({ fromSeq: 3 }, "bob")).toBe(3);
      expect(await count({ fromSeq: 4, toSeq: 4 }, "alice")).toBe(1);
      expect(await count({}, "nobody")).toBe(0);
    });

    test("are replaced under the same seq", async () => {
      await write((transaction) => transaction.putMessage(message(2, { content: "edited", version: 2 })));
      expect(await read((transaction) => transaction.message("c1", 2))).toMatchObject({ content: "edited" });
      expect(await seqs({})).toHaveLength(5);
    });

    test("are removed below a seq, in one conversation", async () => {
      await write((transaction) => transaction.removeMessagesBelow("c1", 3));
      expect(await seqs({})).toEqual([3, 9, 10]);
      expect(await read((transaction) => transaction.messages("c2", {}))).toHaveLength(1);
    });
  });

  test("the outbox comes by order, also after an item was put again", async () => {
    await write(async (transaction) => {
      await transaction.putOutboxItem(item("third", 30));
      await transaction.putOutboxItem(item("first", 2));
      await transaction.putOutboxItem(item("second", 10));
      await transaction.putOutboxItem({ ...item("first", 2), failure: { code: 4030, reason: "no" } });
    });
    const order = async () => (await read((transaction) => transaction.outbox())).map((waiting) => waiting.localId);
    expect(await order()).toEqual(["first", "second", "third"]);
    expect((await read((transaction) => transaction.outboxItem("first")))?.failure?.code).toBe(4030);
    await write((transaction) => transaction.removeOutboxItem("second"));
    expect(await order()).toEqual(["first", "third"]);
    expect(await read((transaction) => transaction.outboxItem("second"))).toBeUndefined();
  });

  test("a file goes with its item of the outbox, and is the same when it is read", async () => {
    const file = new Blob(["phở"], { type: "text/plain" });
    await write(async (transaction) => {
      await transaction.putOutboxItem(item("with", 1));
      await transaction.putOutboxItem(item("without", 2));
      await transaction.putOutboxFile("with", file);
    });
    const kept = await read((transaction) => transaction.outboxFile("with"));
    expect(await kept?.text()).toBe("phở");
    expect(kept?.type).toBe("text/plain");
    expect(await read((transaction) => transaction.outboxFile("without"))).toBeUndefined();
    await write((transaction) => transaction.putOutboxItem({ ...item("with", 1), upload: { id: "u", offset: 3 } }));
    expect(await read((transaction) => transaction.outboxFile("with"))).toBeDefined();
    await write((transaction) => transaction.removeOutboxItem("with"));
    expect(await read((transaction) => transaction.outboxFile("with"))).toBeUndefined();
  });

  test("pending reads come by conversation and seq, and are removed by range", async () => {
    await write(async (transaction) => {
      for (const [conversationId, seq] of [
        ["c2", 1],
        ["c1", 10],
        ["c1", 9],
      ] as const) {
        await transaction.putPendingRead({ conversationId, seq, readAt: seq });
      }
      await transaction.putPendingRead({ conversationId: "c1", seq: 9, readAt: 99 });
    });
    expect(await read((transaction) => transaction.pendingReads())).toEqual([
      { conversationId: "c1", seq: 9, readAt: 99 },
      { conversationId: "c1", seq: 10, readAt: 10 },
      { conversationId: "c2", seq: 1, readAt: 1 },
    ]);
    await write((transaction) => transaction.removePendingReads("c1", { toSeq: 9 }));
    await write((transaction) => transaction.removePendingReads("c2", {}));
    expect(await read((transaction) => transaction.pendingReads())).toEqual([
      { conversationId: "c1", seq: 10, readAt: 10 },
    ]);
  });

  async function fill(): Promise<void> {
    await write(async (transaction) => {
      await transaction.setPosition("p");
      for (const [index, id] of ["c1", "c2"].entries()) {
        await transaction.putConversation(held(id));
        await transaction.putMessage(message(1, { conversationId: id }));
        await transaction.putOutboxItem(item(`to ${id}`, index + 1, id));
        await transaction.putOutboxFile(`to ${id}`, new Blob([id]));
        await transaction.putPendingRead({ conversationId: id, seq: 1, readAt: noon });
      }
    });
  }

  const contents = () =>
    read(async (transaction) => ({
      position: await transaction.position(),
      conversations: (await transaction.conversations()).map((conversation) => conversation.id),
      messages: [...(await transaction.messages("c1", {})), ...(await transaction.messages("c2", {}))].length,
      outbox: (await transaction.outbox()).map((waiting) => waiting.localId),
      files: [await transaction.outboxFile("to c1"), await transaction.outboxFile("to c2")].map((file) => file?.size),
      reads: (await transaction.pendingReads()).map((pending) => pending.conversationId),
    }));

  test("a removed conversation leaves nothing behind, and the others alone", async () => {
    await fill();
    await write((transaction) => transaction.removeConversation("c1"));
    expect(await contents()).toEqual({
      position: "p",
      conversations: ["c2"],
      messages: 1,
      outbox: ["to c2"],
      files: [undefined, 2],
      reads: ["c2"],
    });
  });

  test("forgetting keeps what waits to be sent", async () => {
    await fill();
    await write((transaction) => transaction.forget());
    expect(await contents()).toEqual({
      position: undefined,
      conversations: [],
      messages: 0,
      outbox: ["to c1", "to c2"],
      files: [2, 2],
      reads: ["c1", "c2"],
    });
  });
}
