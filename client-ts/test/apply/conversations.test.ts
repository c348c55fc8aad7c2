import { beforeEach, describe, expect, test } from "vitest";
import { conversation, message, noon, own, page, readSync, receipt, snapshot } from "../frames.js";
import { Holding } from "../holding.js";

let device: Holding;
beforeEach(() => {
  device = new Holding();
});

describe("a snapshot", () => {
  test("with reset forgets everything that was held, but what waits to be sent", async () => {
    await device.apply(snapshot([conversation({ headSeq: 1, recent: [message(1)] }), conversation({ id: "c2" })]));
    await device.waits("unsent");
    await device.read(1);
    const changes = await device.apply(snapshot([conversation({ id: "c3" })], { position: "p9" }));
    expect((await device.conversations()).map((held) => held.id)).toEqual(["c3"]);
    expect(await device.outbox()).toHaveLength(1);
    expect(await device.pendingReads()).toEqual([1]);
    expect(await device.position()).toBe("p9");
    expect(changes[0]).toEqual({ type: "reset" });
  });

  test("goes on over several pages, and its messages do not arrive", async () => {
    const first = snapshot([conversation({ headSeq: 1, recent: [message(1)] })], { more: true });
    const second = snapshot([conversation({ id: "c2" })], { reset: false, position: "p1" });
    const changes = await device.apply(first, second);
    expect(await device.conversations()).toHaveLength(2);
    expect(changes.filter((change) => change.type === "arrived")).toEqual([]);
  });

  test("may tell a conversation twice: the later page wins", async () => {
    const first = conversation({ title: "old", headSeq: 1, unreadCount: 1, recent: [message(1)] });
    const later = conversation({ title: "new", headSeq: 2, unreadCount: 2, recent: [message(1), message(2)] });
    await device.apply(snapshot([first], { more: true }), snapshot([later], { reset: false }));
    expect(await device.conversation()).toMatchObject({ title: "new", unread: 2 });
  });

  test("that repeats an earlier page brings no mark back", async () => {
    const state = conversation({ headSeq: 2, unreadCount: 2, recent: [message(1), message(2)] });
    await device.apply(snapshot([state], { more: true }), readSync(2), snapshot([state], { reset: false }));
    expect(await device.conversation()).toMatchObject({ unread: 0, readSeq: 2 });
  });
});

describe("a changed conversation", () => {
  const carol = { userId: "carol", sinceSeq: 3 };

  test("replaces title, members and receipts; marks only grow", async () => {
    await device.apply(
      snapshot([conversation({ headSeq: 2, recent: [message(1), message(2)] })]),
      readSync(2),
      page({ receipts: [receipt(2, "read")] }),
      page({
        conversations: [
          conversation({
            kind: "group",
            title: "Three",
            memberCount: 3,
            members: [...conversation().members, carol],
            receipts: [{ userId: "bob", deliveredSeq: 1, deliveredAt: 1, readSeq: 1, readAt: 1 }],
          }),
        ],
      }),
    );
    expect(await device.conversation()).toMatchObject({ title: "Three", memberCount: 3, readSeq: 2, unread: 0 });
    const held = await device.store.transaction("read", (transaction) => transaction.conversation("c1"));
    expect(held?.receipts).toEqual([
      { userId: "bob", deliveredSeq: 2, deliveredAt: noon + 2_002, readSeq: 2, readAt: noon + 2_002 },
    ]);
  });

  test("drops the receipts of those who have left", async () => {
    await device.apply(snapshot([conversation()]), page({ receipts: [receipt(1, "read", { userId: "bob" })] }));
    await device.apply(page({ conversations: [conversation({ members: [{ userId: "alice", sinceSeq: 1 }] })] }));
    const held = await device.store.transaction("read", (transaction) => transaction.conversation("c1"));
    expect(held?.receipts).toEqual([]);
  });

  test("drops messages below this user's first visible one", async () => {
    const recent = [message(1), message(2), message(3)];
    await device.apply(snapshot([conversation({ headSeq: 3, recent })]));
    await device.apply(page({ conversations: [conversation({ sinceSeq: 3, headSeq: 3 })] }));
    expect(await device.contents()).toEqual(["message 3"]);
  });

  test("of a user who left and joined again counts nothing of the earlier membership", async () => {
    await device.apply(snapshot([conversation({ headSeq: 2, recent: [message(1), message(2)] })]), readSync(2));
    await device.apply(page({ conversations: [conversation({ sinceSeq: 9, headSeq: 8, readSeq: 8 })] }));
    const again = await device.conversation();
    expect(again).toMatchObject({ unread: 0, readSeq: 8 });
    expect(again.lastRead).toBeUndefined();
  });

  test("of a user who left and joined again while away forgets what was not kept up", async () => {
    await device.apply(snapshot([conversation({ headSeq: 3, recent: [message(1), message(2), message(3)] })]));
    const recent = [message(9), message(10)];
    await device.apply(page({ conversations: [conversation({ headSeq: 10, recent, joined: true })] }));
    expect(await device.contents()).toEqual(["message 9", "message 10"]);
  });

  test("carries recent messages for one who has just joined", async () => {
    await device.apply(page({ conversations: [conversation({ headSeq: 1, recent: [message(1)] })] }));
    expect(await device.contents()).toEqual(["message 1"]);
  });

  test("tells how far this device has read, which confirms what it reported", async () => {
    await device.read(4);
    await device.read(6);
    const mark = { lastSeenSeq: 5, lastSeenAt: noon, unreadCount: 0, type: "mobile", platform: "ios" };
    await device.apply(snapshot([conversation({ headSeq: 6, devices: { [own.deviceId]: mark } })]));
    expect(await device.pendingReads()).toEqual([6]);
  });
});

describe("a removed conversation", () => {
  test("is forgotten, with what waited for it", async () => {
    await device.apply(snapshot([conversation({ headSeq: 1, recent: [message(1)] }), conversation({ id: "c2" })]));
    await device.waits("unsent");
    await device.read(1);
    const changes = await device.apply(page({ removedConversations: ["c1"], position: "p2" }));
    expect(changes).toEqual([{ type: "removed", conversationId: "c1" }]);
    expect((await device.conversations()).map((held) => held.id)).toEqual(["c2"]);
    expect(await device.messages()).toEqual([]);
    expect(await device.outbox()).toEqual([]);
    expect(await device.pendingReads()).toEqual([]);
  });

  test("may be one that was never known, and may come twice", async () => {
    await device.apply(page({ removedConversations: ["never"] }), page({ removedConversations: ["never"] }));
    expect(await device.conversations()).toEqual([]);
  });

  test("is removed after everything else of its page", async () => {
    await device.apply(page({ messages: [message(1)], conversations: [conversation()], removedConversations: ["c1"] }));
    expect(await device.conversations()).toEqual([]);
  });
});
