import { beforeEach, describe, expect, test } from "vitest";
import { conversation, message, newMessage, own, ownMessage, page, snapshot } from "../frames.js";
import { Holding } from "../holding.js";

let device: Holding;
beforeEach(async () => {
  device = new Holding();
  await device.apply(snapshot([conversation({ headSeq: 1, recent: [message(1)] })]));
});

describe("a new message", () => {
  test("is stored with its position, and arrives", async () => {
    const changes = await device.apply(newMessage(message(2), "p2"));
    expect(await device.position()).toBe("p2");
    expect(await device.contents()).toEqual(["message 1", "message 2"]);
    expect(changes).toEqual([
      { type: "arrived", message: message(2) },
      { type: "conversation", conversationId: "c1" },
    ]);
  });

  test("that comes twice changes nothing the second time", async () => {
    await device.apply(newMessage(message(2), "p2"));
    expect(await device.apply(newMessage(message(2), "p2"))).toEqual([]);
    expect((await device.conversation()).unread).toBe(2);
  });

  test("does not bring back what was edited meanwhile", async () => {
    await device.apply(newMessage(message(2)), page({ changedMessages: [message(2, { content: "new", version: 2 })] }));
    expect(await device.apply(newMessage(message(2)))).toEqual([]);
    expect(await device.contents()).toEqual(["message 1", "new"]);
  });

  test("is dropped below this user's first visible message", async () => {
    await device.apply(page({ conversations: [conversation({ sinceSeq: 5, headSeq: 4 })] }));
    expect(await device.apply(newMessage(message(4), "p4"))).toEqual([]);
    expect(await device.contents()).toEqual([]);
    expect(await device.position()).toBe("p4");
  });

  test("of another restored past takes the place of the one it lost to", async () => {
    await device.apply(newMessage(message(2)), newMessage(message(2, { id: "other", content: "other" })));
    expect(await device.contents()).toEqual(["message 1", "other"]);
  });

  test("may come before its conversation: it is kept until the state follows", async () => {
    await device.apply(newMessage(message(7, { conversationId: "new" })));
    expect(await device.conversation("new")).toMatchObject({ incomplete: true, unread: 1 });
    await device.apply(page({ conversations: [conversation({ id: "new", title: "New", sinceSeq: 7, headSeq: 6 })] }));
    expect(await device.conversation("new")).toMatchObject({ incomplete: false, title: "New", unread: 1 });
    expect(await device.contents("new")).toEqual(["message 7"]);
  });
});

describe("an own message that comes back", () => {
  const comesBack = ownMessage(2, "local-2", { content: "local-2" });

  test.each([
    ["live", newMessage(comesBack)],
    ["in a page", page({ messages: [comesBack] })],
    ["in a snapshot", snapshot([conversation({ headSeq: 2, recent: [message(1), comesBack] })])],
  ])("%s waits no longer", async (_how, frame) => {
    await device.waits("local-2");
    const changes = await device.apply(frame);
    expect(await device.outbox()).toEqual([]);
    expect(changes).toContainEqual({ type: "answered", localId: "local-2" });
    expect(await device.contents()).toEqual(["message 1", "local-2"]);
    expect((await device.messages()).at(-1)).toMatchObject({ key: "local-2", tick: "sent" });
  });

  test("is not mistaken for that of another device or conversation with the same localId", async () => {
    await device.waits("1");
    await device.apply(
      newMessage(message(2, { senderId: own.userId, senderDeviceId: "ipad", localId: "1" })),
      newMessage(message(3, { localId: "1" })),
      newMessage(ownMessage(1, "1", { conversationId: "c2" })),
    );
    expect(await device.outbox()).toHaveLength(1);
  });
});

describe("an edit or a recall", () => {
  const edited = message(1, { content: "edited", version: 2, editedAt: 5 });
  const recalled = message(1, { content: "", version: 3, recalledAt: 6 });

  test("changes the message in its place, and does not arrive", async () => {
    expect(await device.apply(page({ changedMessages: [edited] }))).toEqual([
      { type: "conversation", conversationId: "c1" },
    ]);
    expect(await device.messages()).toMatchObject([{ seq: 1, content: "edited", editedAt: 5 }]);
    await device.apply(page({ deletedMessages: [recalled] }));
    expect(await device.messages()).toMatchObject([{ seq: 1, content: "", recalledAt: 6 }]);
  });

  test("that comes twice, or after a newer one, changes nothing", async () => {
    await device.apply(page({ deletedMessages: [recalled] }));
    expect(await device.apply(page({ deletedMessages: [recalled], changedMessages: [edited] }))).toEqual([]);
    expect(await device.contents()).toEqual([""]);
  });

  test("of a message in the same page is applied to it", async () => {
    await device.apply(page({ messages: [message(2)], changedMessages: [message(2, { content: "e", version: 2 })] }));
    expect(await device.contents()).toEqual(["message 1", "e"]);
  });

  test("of a message that is not held leaves no message standing alone", async () => {
    const far = message(40, { content: "edited", version: 2 });
    expect(await device.apply(page({ changedMessages: [far] }))).toEqual([]);
    expect(await device.contents()).toEqual(["message 1"]);
  });

  test("keeps a recalled message of others unread: it keeps its place", async () => {
    await device.apply(page({ deletedMessages: [recalled] }));
    expect((await device.conversation()).unread).toBe(1);
  });
});
