import { describe, expect, test } from "vitest";
import type { ClientFrame } from "../../src/index.js";
import { connected, message, newMessage, noon, ownMessage, page } from "../frames.js";
import { received, talking, ticks } from "./answers.js";
import { Talk } from "./talk.js";

describe("a message that is sent", () => {
  test("is there at once, and gets its tick when the server has it", async () => {
    const { talk, server } = await talking();
    const sent = await talk.client.send("c1", "Xin chào 🕊️", { readSeq: 42 });
    expect(sent).toMatchObject({ key: "local-1", content: "Xin chào 🕊️", tick: "sending", own: true });
    expect(await server.expects({})).toEqual({
      type: "send_message",
      localId: "local-1",
      conversationId: "c1",
      kind: "text",
      content: "Xin chào 🕊️",
      timestamp: talk.clock.now(),
      readSeq: 42,
    });
    await server.sends(received("local-1", 1, { position: "p1" }));
    expect(await talk.client.messages("c1")).toMatchObject([{ key: "local-1", seq: 1, tick: "sent" }]);
    expect(await talk.position()).toBe("p1");
  });

  test("offline waits, also for another start of the app, and goes out in order", async () => {
    const talk = new Talk();
    for (const content of ["one", "two", "three"]) {
      await talk.client.send("c1", content);
    }
    const restarted = new Talk({ store: talk.store });
    const server = await restarted.online();
    for (const content of ["one", "two", "three"]) {
      await server.expects({ type: "send_message", content });
    }
    await server.expectsNothing();
  });

  test("is sent again under its localId where the connection was cut before the answer", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "hello");
    await server.expects({ type: "send_message", localId: "local-1" });
    await server.closes();
    await talk.clock.passes(250);
    const again = await talk.accepts();
    await again.expects({ type: "device_connect" });
    await again.sends(connected());
    await again.expects({ type: "send_message", localId: "local-1" });
    await again.sends(received("local-1", 1));
    expect(await ticks(talk)).toEqual(["sent"]);
  });

  test("is not sent again where the answer came and the connection was cut after it", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "hello");
    await server.sends(received("local-1", 1));
    await server.closes();
    await talk.clock.passes(250);
    const again = await talk.accepts();
    await again.expects({ type: "device_connect" });
    await again.sends(connected(), page({ messages: [ownMessage(1, "local-1", { content: "hello" })] }));
    await again.expectsNothing();
    expect(await ticks(talk)).toEqual(["sent"]);
  });

  test("is not sent again where it has come back before its answer", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "hello");
    await server.expects({ type: "send_message" });
    await server.closes();
    await talk.clock.passes(250);
    const again = await talk.accepts();
    await again.expects({ type: "device_connect" });
    await again.sends(connected(), newMessage(ownMessage(1, "local-1", { content: "hello" })));
    await again.expects({ type: "send_message", localId: "local-1" });
    await again.sends(received("local-1", 1));
    expect(await talk.client.messages("c1")).toHaveLength(1);
  });

  test("without any answer for half a minute shows that the connection is dead", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "hello");
    await server.expects({ type: "send_message" });
    await talk.clock.passes(30_000);
    expect(server.closedByClient).toBe(true);
    expect(talk.client.connection).toMatchObject({ reason: "what was sent got no answer" });
  });
});

describe("many messages", () => {
  test("go out sixteen at a time, the next as each is answered", async () => {
    const { talk, server } = await talking();
    for (let index = 1; index <= 20; index++) {
      await talk.client.send("c1", `${index}`);
    }
    for (let index = 1; index <= 16; index++) {
      await server.expects({ content: `${index}` });
    }
    await server.expectsNothing();
    await server.sends(received("local-1", 1));
    await server.expects({ content: "17" });
    await server.sends(received("local-2", 2), received("local-3", 3));
    await server.expects({ content: "18" });
    await server.expects({ content: "19" });
    await server.expectsNothing();
  });

  test("are as many as the outbox holds, and one more is refused", async () => {
    const talk = new Talk();
    for (let index = 0; index < 1_000; index++) {
      await talk.client.send("c1", "x");
    }
    await expect(talk.client.send("c1", "one more")).rejects.toThrow("1000 messages wait already");
  });
});

describe("an edit or a recall", () => {
  test("is shown at once, sent, and confirmed", async () => {
    const { talk, server } = await talking();
    await server.sends(newMessage(ownMessage(1, "first"), "p1"));
    await talk.client.edit("c1", "m1", "better");
    expect(await talk.client.messages("c1")).toMatchObject([{ content: "better", change: { kind: "edit" } }]);
    const edit: ClientFrame = {
      type: "edit_message",
      localId: "local-1",
      conversationId: "c1",
      messageId: "m1",
      content: "better",
    };
    expect(await server.expects({})).toEqual(edit);
    await server.sends(received("local-1", 1));
    await talk.client.recall("c1", "m1");
    expect(await talk.client.messages("c1")).toMatchObject([{ content: "better", change: { kind: "recall" } }]);
    await server.expects({ type: "recall_message", localId: "local-2", messageId: "m1" });
    const recalled = ownMessage(1, "first", { content: "", version: 3, recalledAt: noon });
    await server.sends(received("local-2", 1), page({ deletedMessages: [recalled], position: "p2" }));
    const [shown] = await talk.client.messages("c1");
    expect(shown).toMatchObject({ content: "", recalledAt: noon });
    expect(shown?.change).toBeUndefined();
  });

  test("keeps its place among the messages that wait", async () => {
    const { talk, server } = await talking();
    await server.sends(newMessage(message(1)));
    talk.client.goOffline();
    await talk.client.send("c1", "before");
    await talk.client.edit("c1", "m1", "edited");
    await talk.client.send("c1", "after");
    const again = await talk.online();
    await again.expects({ content: "before" });
    await again.expects({ type: "edit_message" });
    await again.expects({ content: "after" });
  });
});

test("a conversation that this user is removed from takes along what waits for it", async () => {
  const { talk, server } = await talking();
  await talk.client.send("c1", "too late");
  await server.expects({ content: "too late" });
  await server.sends(page({ removedConversations: ["c1"] }));
  await server.closes();
  await talk.clock.passes(250);
  const again = await talk.accepts();
  await again.expects({ type: "device_connect" });
  await again.sends(connected());
  await again.expectsNothing();
});
