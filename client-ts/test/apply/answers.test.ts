import { beforeEach, describe, expect, test } from "vitest";
import type { ErrorFrame, MessageReceived } from "../../src/index.js";
import { conversation, message, newMessage, noon, ownMessage, page, snapshot } from "../frames.js";
import { Holding } from "../holding.js";

function received(localId: string, seq: number, position?: string): MessageReceived {
  return {
    type: "message_received",
    localId,
    serverId: `m${seq}`,
    conversationId: "c1",
    seq,
    timestamp: noon + 100 + seq,
    status: "received",
    ...(position === undefined ? {} : { position }),
  };
}

let device: Holding;
beforeEach(async () => {
  device = new Holding();
  await device.apply(snapshot([conversation({ headSeq: 1, recent: [ownMessage(1, "first")] })]));
});

describe("message_received", () => {
  test("turns what waits into a message, in its place and with the server's time", async () => {
    await device.waits("hello");
    const changes = await device.apply(received("hello", 2, "p2"));
    expect(await device.outbox()).toEqual([]);
    expect(await device.position()).toBe("p2");
    expect((await device.messages()).at(-1)).toMatchObject({
      key: "hello",
      id: "m2",
      seq: 2,
      content: "hello",
      timestamp: noon + 102,
      tick: "sent",
    });
    expect(changes).toContainEqual({ type: "answered", localId: "hello" });
    expect(changes.some((change) => change.type === "arrived")).toBe(false);
  });

  test("without a position does not count the message twice when it comes as new_message too", async () => {
    await device.waits("hello");
    await device.apply(received("hello", 3));
    expect(await device.position()).toBe("p0");
    await device.apply(newMessage(message(2)), newMessage(ownMessage(3, "hello", { content: "hello" }), "p3"));
    expect(await device.contents()).toEqual(["message 1", "message 2", "hello"]);
  });

  test("of a message sent long ago does not bring back what it said then", async () => {
    await device.waits("hello");
    await device.apply(snapshot([conversation({ headSeq: 9, recent: [message(8), message(9)] })]));
    await device.apply(received("hello", 3));
    expect(await device.contents()).toEqual(["message 8", "message 9"]);
    expect(await device.outbox()).toEqual([]);
  });

  test("of something that does not wait any more changes nothing but the position", async () => {
    expect(await device.apply(received("gone", 2, "p2"))).toEqual([]);
    expect(await device.contents()).toEqual(["message 1"]);
    expect(await device.position()).toBe("p2");
  });

  test.each([
    ["", undefined],
    [", with a position", "p2"],
  ])("of an edit shows it until the edit itself comes%s", async (_how, position) => {
    await device.waits("change", { kind: "edit", messageId: "m1", content: "edited" });
    expect(await device.messages()).toMatchObject([{ content: "edited", change: { kind: "edit" } }]);
    await device.apply({ ...received("change", 1, position), serverId: "m1" });
    const [shown] = await device.messages();
    expect(shown).toMatchObject({ content: "edited", editedAt: noon + 101 });
    expect(shown?.change).toBeUndefined();
    const edited = ownMessage(1, "first", { content: "edited", version: 2, editedAt: noon + 101 });
    await device.apply(page({ changedMessages: [edited] }));
    expect(await device.messages()).toMatchObject([{ content: "edited", editedAt: noon + 101 }]);
  });

  test("of a recall erases the content", async () => {
    await device.waits("change", { kind: "recall", messageId: "m1" });
    await device.apply({ ...received("change", 1), serverId: "m1" });
    expect(await device.messages()).toMatchObject([{ content: "", recalledAt: noon + 101 }]);
  });
});

describe("an error", () => {
  const refusal: ErrorFrame = { type: "error", code: 4030, reason: "not a member of c1" };

  test("of the kind that would come again fails the message, with the reason", async () => {
    await device.waits("hello");
    await device.apply({ ...refusal, localId: "hello" });
    expect((await device.messages()).at(-1)).toMatchObject({
      tick: "failed",
      failure: { code: 4030, reason: "not a member of c1" },
    });
  });

  test("to an edit gives the message its own content back, and says why", async () => {
    await device.waits("change", { kind: "edit", messageId: "m1", content: "edited" });
    await device.apply({ ...refusal, localId: "change" });
    expect(await device.messages()).toMatchObject([
      { content: "message 1", tick: "sent", change: { kind: "edit", localId: "change", failure: { code: 4030 } } },
    ]);
  });

  test("of the kind that passes leaves the message waiting", async () => {
    await device.waits("hello");
    expect(await device.apply({ ...refusal, code: 4301, localId: "hello" })).toEqual([]);
    expect((await device.messages()).at(-1)).toMatchObject({ tick: "sending" });
  });

  test("to read marks of a conversation drops them: they would be refused again", async () => {
    await device.read(1);
    await device.apply({ ...refusal, conversationId: "c1", frame: "mark_read" });
    expect(await device.pendingReads()).toEqual([]);
  });

  test("to a message of a conversation that is gone takes it away: nobody could see it fail", async () => {
    await device.waits("hello");
    await device.apply(snapshot([]), { ...refusal, localId: "hello" });
    expect(await device.outbox()).toEqual([]);
  });

  test("to something unknown changes nothing", async () => {
    expect(await device.apply({ ...refusal, localId: "unknown" }, refusal)).toEqual([]);
  });
});
