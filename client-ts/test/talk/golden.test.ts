import { expect, test } from "vitest";
import { connected, conversation, message, noon, page, snapshot } from "../frames.js";
import { golden } from "../protocol/vectors.js";
import { type Peer, Talk, type TalkOptions } from "./talk.js";

/** Each golden frame that this client sends, sent by it. */

const localId = "7d0e2f1a-3b4c-4d5e-8f60-718293a4b5c6";
const messageId = "01997c2a-5c00-7abc-8def-0123456789ab";
const device = { id: "iphone-1", type: "mobile", platform: "ios", appVersion: "1.0" } as const;

async function talking(options: TalkOptions = {}): Promise<{ talk: Talk; server: Peer }> {
  const talk = new Talk({ ids: [localId], device, ...options });
  talk.tokens = ["eyJ.a.b", "eyJ.c.d"];
  talk.client.start();
  return { talk, server: await talk.accepts() };
}

async function online(): Promise<{ talk: Talk; server: Peer }> {
  const { talk, server } = await talking();
  await server.expects({ type: "device_connect" });
  await server.sends(connected(), page());
  return { talk, server };
}

test("device_connect without a cursor", async () => {
  const { server } = await talking();
  expect(await server.expects({})).toEqual(golden("device_connect without a cursor"));
});

test("device_connect with a cursor and a push token", async () => {
  const { talk, server } = await talking({ device: { ...device, pushToken: "t:0k/en+" } });
  await server.sends(connected(), page({ position: "AQIDBAUGBwgJCgs" }));
  await server.closes();
  await talk.clock.passes(250);
  expect(await (await talk.accepts()).expects({})).toEqual(golden("device_connect with a cursor and a push token"));
});

test("send_message", async () => {
  const { talk, server } = await online();
  await talk.client.send("c1", "Xin chào 🕊️", { readSeq: 42 });
  expect(await server.expects({})).toEqual(golden("send_message"));
});

test("ack", async () => {
  const { talk, server } = await online();
  await server.sends(page({ position: "AQIDBAUGBwgJCgs" }));
  await talk.clock.passes(100);
  expect(await server.expects({})).toEqual(golden("ack"));
});

test("mark_read by seq, always with its time", async () => {
  const { talk, server } = await online();
  await server.sends(snapshot([conversation({ headSeq: 43, recent: [message(43)] })], {}));
  await talk.clock.passes(100);
  await server.expects({ type: "ack" });
  await talk.client.markRead("c1", 43);
  await talk.clock.passes(300);
  expect(await server.expects({})).toEqual({ ...golden("mark_read by seq"), readAt: noon + 100 });
});

test("edit_message and recall_message", async () => {
  const edit = await online();
  await edit.talk.client.edit("c1", messageId, "Xin chào cả nhà");
  expect(await edit.server.expects({})).toEqual(golden("edit_message"));
  const recall = await online();
  await recall.talk.client.recall("c1", messageId);
  expect(await recall.server.expects({})).toEqual(golden("recall_message"));
});

test("device_state, both", async () => {
  const { talk, server } = await online();
  talk.client.setActive(false);
  expect(await server.expects({})).toEqual(golden("device_state in the background"));
  talk.client.setActive(true);
  expect(await server.expects({})).toEqual(golden("device_state in the foreground"));
});

test("token", async () => {
  const { talk, server } = await online();
  await server.sends({ type: "error", code: 4101, reason: "expired" });
  await talk.clock.passes(0);
  expect(await server.expects({})).toEqual(golden("token"));
});

test("ping", async () => {
  const { talk, server } = await online();
  talk.client.nudge();
  expect(await server.expects({})).toEqual(golden("ping"));
});
