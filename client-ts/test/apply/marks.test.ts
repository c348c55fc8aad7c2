import { beforeEach, describe, expect, test } from "vitest";
import {
  conversation,
  message,
  newMessage,
  noon,
  own,
  ownMessage,
  page,
  readSync,
  receipt,
  snapshot,
} from "../frames.js";
import { Holding } from "../holding.js";

const thisDevice = { deviceId: own.deviceId, type: "mobile", platform: "ios" };

let device: Holding;
beforeEach(async () => {
  device = new Holding();
  const recent = [message(1), message(2), message(3), ownMessage(4, "local-4")];
  await device.apply(snapshot([conversation({ headSeq: 4, unreadCount: 3, recent })]));
});

describe("a read on another device", () => {
  test("lowers the count and says where", async () => {
    await device.apply(readSync(2, { unreadCount: 1, headSeq: 4 }));
    expect(await device.conversation()).toMatchObject({
      unread: 1,
      readSeq: 2,
      lastRead: { deviceId: "macbook", type: "desktop", platform: "mac", seq: 2 },
    });
  });

  test("that comes late or twice moves no mark backwards and brings no count back", async () => {
    const first = readSync(1, { unreadCount: 2, headSeq: 4 });
    await device.apply(first, readSync(3, { unreadCount: 0, headSeq: 4 }), first, first);
    expect(await device.conversation()).toMatchObject({ unread: 0, readSeq: 3, lastRead: { seq: 3 } });
  });

  test("is the user's mark: the furthest of all devices", async () => {
    await device.apply(readSync(3, { headSeq: 4 }), readSync(2, { headSeq: 4, syncedFrom: thisDevice }));
    expect(await device.conversation()).toMatchObject({ readSeq: 3, lastRead: { deviceId: "macbook" } });
  });

  test("is named by the device that was first, where another reads as far later", async () => {
    const later = { headSeq: 4, readAt: noon + 9_000 };
    await device.apply(readSync(3, { headSeq: 4 }), readSync(3, { ...later, syncedFrom: thisDevice }));
    expect((await device.conversation()).lastRead?.deviceId).toBe("macbook");
  });

  test("of an unknown conversation changes nothing: its state follows", async () => {
    expect(await device.apply(readSync(1, { conversationId: "unknown" }))).toEqual([]);
    expect(await device.conversations()).toHaveLength(1);
  });

  test("of a device called like a property of every object is its own", async () => {
    await device.apply(readSync(2, { syncedFrom: { deviceId: "constructor", type: "web", platform: "web" } }));
    expect((await device.conversation()).lastRead?.deviceId).toBe("constructor");
  });
});

describe("a read of this device", () => {
  test("lowers the count at once, and is confirmed by messages_read_sync of this device alone", async () => {
    await device.read(3);
    expect(await device.conversation()).toMatchObject({ unread: 0, readSeq: 3 });
    await device.apply(readSync(3, { headSeq: 4 }));
    expect(await device.pendingReads()).toEqual([3]);
    await device.apply(readSync(3, { headSeq: 4, syncedFrom: thisDevice }));
    expect(await device.pendingReads()).toEqual([]);
  });

  test("that was confirmed only in part keeps waiting for the rest", async () => {
    await device.read(2);
    await device.read(3);
    await device.apply(readSync(2, { headSeq: 4, syncedFrom: thisDevice }));
    expect(await device.pendingReads()).toEqual([3]);
  });
});

describe("the number of unread messages", () => {
  test("counts what comes after the server has counted", async () => {
    await device.apply(newMessage(message(5)), newMessage(message(6)));
    expect((await device.conversation()).unread).toBe(5);
  });

  test("never counts own messages, from whichever device", async () => {
    await device.apply(
      newMessage(ownMessage(5, "local-5")),
      newMessage(message(6, { senderId: own.userId, senderDeviceId: "ipad" })),
    );
    expect((await device.conversation()).unread).toBe(3);
  });

  test("is the server's where older messages are not held", async () => {
    await device.apply(snapshot([conversation({ headSeq: 90, unreadCount: 70, readSeq: 10, recent: [message(90)] })]));
    await device.apply(newMessage(message(91)));
    expect((await device.conversation()).unread).toBe(71);
  });

  test("after reading a part is that of the rest", async () => {
    await device.read(1);
    expect((await device.conversation()).unread).toBe(2);
    await device.read(2);
    expect((await device.conversation()).unread).toBe(1);
  });

  test("is 999 for more than that", async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => message(index + 5));
    await device.apply(page({ messages: many }));
    expect((await device.conversation()).unread).toBe(999);
  });

  test("is not lowered by receipts of others", async () => {
    await device.apply(page({ receipts: [receipt(4, "read")] }));
    expect((await device.conversation()).unread).toBe(3);
  });
});

describe("a receipt", () => {
  const tick = async () => (await device.messages()).at(-1)?.tick;

  test("moves the tick of own messages up to its seq", async () => {
    expect(await tick()).toBe("sent");
    await device.apply({ type: "delivery_updates", updates: [receipt(4, "delivered")] });
    expect(await tick()).toBe("delivered");
    await device.apply({ type: "read_receipts", receipts: [receipt(4, "read")] });
    expect(await tick()).toBe("read");
  });

  test("of reading implies delivery", async () => {
    await device.apply({ type: "read_receipts", receipts: [receipt(3, "read")] });
    const held = await device.store.transaction("read", (transaction) => transaction.conversation("c1"));
    expect(held?.receipts).toMatchObject([{ deliveredSeq: 3, readSeq: 3 }]);
  });

  test("that comes late or twice takes no tick back", async () => {
    const read = receipt(4, "read");
    await device.apply({ type: "read_receipts", receipts: [read] });
    await device.apply(page({ receipts: [receipt(2, "read"), receipt(3, "delivered"), read] }));
    expect(await tick()).toBe("read");
  });

  test("of this user, or of an unknown conversation, changes nothing", async () => {
    const changes = await device.apply(
      page({ receipts: [receipt(4, "read", { userId: "alice" }), receipt(4, "read", { conversationId: "unknown" })] }),
    );
    expect(changes).toEqual([]);
    expect(await tick()).toBe("sent");
  });
});
