import { describe, expect, test } from "vitest";
import { connected, conversation, message, newMessage, own, readSync, snapshot } from "../frames.js";
import { type Peer, Talk } from "./talk.js";

async function talking(): Promise<{ talk: Talk; server: Peer }> {
  const talk = new Talk();
  const server = await talk.online(connected({ heartbeatMs: 1e9 }));
  const recent = Array.from({ length: 9 }, (_, index) => message(index + 1));
  await server.sends(snapshot([conversation({ headSeq: 9, unreadCount: 9, recent })]));
  await talk.clock.passes(100);
  await server.expects({ type: "ack" });
  return { talk, server };
}

function confirmed(seq: number) {
  return readSync(seq, { headSeq: 9, unreadCount: 9 - seq, syncedFrom: { ...own, type: "mobile", platform: "ios" } });
}

const unread = async (talk: Talk) => (await talk.client.conversation("c1"))?.unread;

describe("reading", () => {
  test("lowers the count at once and is told once, as the maximum", async () => {
    const { talk, server } = await talking();
    const readAt = talk.clock.now();
    await Promise.all([2, 4, 3].map((seq) => talk.client.markRead("c1", seq)));
    expect(await unread(talk)).toBe(5);
    await server.expectsNothing();
    await talk.clock.passes(300);
    expect(await server.expects({})).toEqual({
      type: "mark_read",
      conversationId: "c1",
      messageIds: [],
      seq: 4,
      readAt,
    });
    await server.expectsNothing();
  });

  test("what was read before is not told", async () => {
    const { talk, server } = await talking();
    await talk.client.markRead("c1", 4);
    await talk.clock.passes(300);
    await server.expects({ seq: 4 });
    await talk.client.markRead("c1", 4);
    await talk.client.markRead("c1", 2);
    await server.sends(confirmed(4));
    await talk.client.markRead("c1", 3);
    await talk.clock.passes(300);
    await server.expectsNothing();
  });

  test("what another device has read is told by this one too: each has its own mark", async () => {
    const { talk, server } = await talking();
    await server.sends(readSync(9, { headSeq: 9 }));
    await talk.client.markRead("c1", 9);
    await talk.clock.passes(300);
    await server.expects({ type: "mark_read", seq: 9 });
  });

  test("what does not exist cannot be read", async () => {
    const { talk, server } = await talking();
    await talk.client.markRead("c1", 10);
    await talk.client.markRead("c7", 1);
    await talk.clock.passes(300);
    await server.expectsNothing();
    expect(await unread(talk)).toBe(9);
  });

  test("offline keeps its own times, also for another start of the app", async () => {
    const { talk } = await talking();
    talk.client.goOffline();
    const first = talk.clock.now();
    await talk.client.markRead("c1", 3);
    await talk.clock.passes(60_000);
    await talk.client.markRead("c1", 5);
    const restarted = new Talk({ store: talk.store });
    expect(await unread(restarted)).toBe(4);
    const server = await restarted.online();
    await server.expects({ type: "mark_read", seq: 3, readAt: first });
    await server.expects({ type: "mark_read", seq: 5, readAt: first + 60_000 });
    await server.expectsNothing();
  });

  test("is told again in each session, until this device's own messages_read_sync confirms it", async () => {
    const { talk, server } = await talking();
    await talk.client.markRead("c1", 5);
    await talk.clock.passes(300);
    await server.expects({ seq: 5 });
    await server.sends(readSync(5, { headSeq: 9, unreadCount: 4 }));
    await server.closes();
    await talk.clock.passes(250);
    const second = await talk.accepts();
    await second.expects({ type: "device_connect" });
    await second.sends(connected());
    await second.expects({ type: "mark_read", seq: 5 });
    await second.sends(confirmed(5));
    await second.closes();
    await talk.clock.passes(500);
    const third = await talk.accepts();
    await third.expects({ type: "device_connect" });
    await third.sends(connected());
    await third.expectsNothing();
    expect(await unread(talk)).toBe(4);
  });

  test("that is refused for now is told again later", async () => {
    const { talk, server } = await talking();
    await talk.client.markRead("c1", 5);
    await talk.clock.passes(300);
    await server.expects({ seq: 5 });
    await server.sends({
      type: "error",
      code: 4301,
      reason: "slowly",
      conversationId: "c1",
      retryAfterMs: 900,
      frame: "mark_read",
    });
    await talk.clock.passes(899);
    await server.expectsNothing();
    await talk.clock.passes(1);
    await server.expects({ type: "mark_read", seq: 5 });
  });

  test("that is refused for good is told no more", async () => {
    const { talk, server } = await talking();
    await talk.client.markRead("c1", 5);
    await talk.clock.passes(300);
    await server.expects({ seq: 5 });
    await server.sends({ type: "error", code: 4030, reason: "not a member", conversationId: "c1", frame: "mark_read" });
    await server.closes();
    await talk.clock.passes(250);
    const again = await talk.accepts();
    await again.expects({ type: "device_connect" });
    await again.sends(connected());
    await again.expectsNothing();
  });

  test("a great deal offline keeps a bounded number of times, the newest", async () => {
    const { talk, server } = await talking();
    const more = Array.from({ length: 150 }, (_, index) => newMessage(message(index + 10)));
    await server.sends(...more);
    talk.client.goOffline();
    for (let seq = 1; seq <= 150; seq++) {
      await talk.client.markRead("c1", seq);
      await talk.clock.passes(1_000);
    }
    const pending = await talk.store.transaction("read", (transaction) => transaction.pendingReads());
    expect(pending).toHaveLength(100);
    expect(pending.at(-1)?.seq).toBe(150);
    expect(await unread(talk)).toBe(9);
  });
});
