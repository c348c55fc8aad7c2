import { describe, expect, test } from "vitest";
import { connected, conversation, message, newMessage, noon, page, snapshot } from "../frames.js";
import { Talk } from "./talk.js";

describe("a device that connects", () => {
  test("for the first time names no cursor, and is sent a snapshot", async () => {
    const talk = new Talk();
    talk.client.start();
    const server = await talk.accepts();
    expect(server).toMatchObject({ url: "ws://realtime/ws", protocol: "bocau.v1.json" });
    expect(await server.expects({ type: "device_connect" })).toEqual({
      type: "device_connect",
      token: "token-1",
      device: { id: "iphone", type: "mobile", platform: "ios", appVersion: "1.0" },
    });
    await server.sends(connected({ sync: "snapshot" }));
    expect(talk.states).toEqual(["connecting", "syncing"]);
    await server.sends(snapshot([conversation({ headSeq: 1, recent: [message(1)] })], { more: true, position: "p1" }));
    expect(talk.states).toEqual(["connecting", "syncing"]);
    await server.sends(snapshot([conversation({ id: "c2" })], { reset: false, position: "p2" }));
    expect(talk.states).toEqual(["connecting", "syncing", "online"]);
    expect(await talk.client.conversations()).toHaveLength(2);
  });

  test("goes on from the position of the last frame that it has stored", async () => {
    const talk = new Talk();
    const first = await talk.online();
    await first.sends(newMessage(message(1), "p1"), newMessage(message(2), "p2"));
    await first.closes();
    await talk.clock.passes(250);
    const second = await talk.accepts();
    await second.expects({ type: "device_connect", cursor: "p2" });
  });

  test("connects again to say that it can be pushed to", async () => {
    const talk = new Talk();
    const first = await talk.online();
    talk.client.setPushToken("apns token");
    expect(first.closedByClient).toBe(true);
    await first.closes();
    await talk.clock.passes(250);
    const second = await talk.accepts();
    await second.expects({
      type: "device_connect",
      device: { id: "iphone", type: "mobile", platform: "ios", appVersion: "1.0", pushToken: "apns token" },
    });
    talk.client.setPushToken("apns token");
    expect(second.closedByClient).toBe(false);
  });

  test("goes on in the middle of an unfinished snapshot", async () => {
    const talk = new Talk();
    talk.client.start();
    const first = await talk.accepts();
    await first.sends(connected({ sync: "snapshot" }), snapshot([conversation()], { more: true, position: "s1" }));
    await first.closes();
    await talk.clock.passes(250);
    await (await talk.accepts()).expects({ type: "device_connect" });
    const cursor = await talk.position();
    expect(cursor).toBe("s1");
  });

  test("shows what it holds before it is connected", async () => {
    const talk = new Talk();
    await (await talk.online()).sends(newMessage(message(1), "p1"));
    talk.client.goOffline();
    const later = new Talk({ store: talk.store });
    expect(await later.client.messages("c1")).toMatchObject([{ content: "message 1" }]);
  });

  test("is told that its snapshot replaces everything, also in mid-session", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await server.sends(newMessage(message(1), "p1"));
    await server.sends(snapshot([conversation({ id: "c2" })], { position: "p9" }));
    expect((await talk.client.conversations()).map((held) => held.id)).toEqual(["c2"]);
    expect(talk.client.connection.name).toBe("online");
  });

  test("does not mix what is another user's into its store", async () => {
    const talk = new Talk();
    talk.client.start();
    const server = await talk.accepts();
    await server.sends(connected({ userId: "mallory" }), snapshot([conversation()]));
    expect(talk.client.connection).toMatchObject({ name: "refused", reason: "the token is of mallory, not of alice" });
    expect(server.closedByClient).toBe(true);
    expect(await talk.client.conversations()).toEqual([]);
  });
});

describe("acknowledgements", () => {
  test("are one for the newest position, after ackMs", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await server.sends(newMessage(message(1), "p1"), newMessage(message(2), "p2"));
    await talk.clock.passes(99);
    await server.expectsNothing();
    await talk.clock.passes(1);
    await server.expects({ type: "ack", position: "p2" });
    await talk.clock.passes(1_000);
    await server.expectsNothing();
  });

  test("come at once after ackEvery frames", async () => {
    const talk = new Talk();
    const server = await talk.online(connected({ ackEvery: 3 }));
    await server.sends(...[1, 2].map((seq) => newMessage(message(seq), `p${seq}`)));
    await server.expectsNothing();
    await server.sends(newMessage(message(3), "p3"));
    await server.expects({ type: "ack", position: "p3" });
    await talk.clock.passes(100);
    await server.expectsNothing();
  });

  test("are not for what could not be stored", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await talk.store.destroy();
    talk.store.transaction = () => Promise.reject(new Error("the disk is full"));
    await server.sends(newMessage(message(1), "p1"));
    await talk.clock.passes(100);
    await server.expectsNothing();
    expect(server.closedByClient).toBe(true);
    expect(talk.client.connection).toMatchObject({ name: "waiting", reason: "what came could not be stored" });
    expect(String(talk.failures[0])).toContain("the disk is full");
  });

  test("are given again when they were refused for now", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await server.sends(newMessage(message(1), "p1"));
    await talk.clock.passes(100);
    await server.expects({ type: "ack", position: "p1" });
    await server.sends({ type: "error", code: 4301, reason: "too fast", retryAfterMs: 700, frame: "ack" });
    await talk.clock.passes(699);
    await server.expectsNothing();
    await talk.clock.passes(1);
    await server.expects({ type: "ack", position: "p1" });
  });
});

describe("a device that has missed nothing", () => {
  test("is up to date at once: no page follows", async () => {
    const talk = new Talk();
    talk.client.start();
    const server = await talk.accepts();
    await server.expects({ type: "device_connect" });
    await server.sends(connected({ sync: "current" }));
    expect(talk.client.connection.name).toBe("online");
  });
});

describe("a page", () => {
  test("is acknowledged at once: the server may be waiting with the next one", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await server.sends(page({ messages: [message(1)], position: "p1" }));
    await server.expects({ type: "ack", position: "p1" });
  });
});

describe("frames that come faster than they are stored", () => {
  test("are stored in order, many in one transaction", async () => {
    const talk = new Talk();
    const server = await talk.online();
    let writes = 0;
    const transaction = talk.store.transaction.bind(talk.store);
    talk.store.transaction = (access, work) => {
      writes += access === "write" ? 1 : 0;
      return transaction(access, work);
    };
    await server.sends(...Array.from({ length: 200 }, (_, index) => newMessage(message(index + 1), `p${index + 1}`)));
    expect(writes).toBeLessThan(10);
    const seqs = (await talk.client.messages("c1", { limit: 500 })).map((held) => held.seq);
    expect(seqs).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(await talk.position()).toBe("p200");
  });

  test("beyond any window end the session instead of filling the memory", async () => {
    const talk = new Talk();
    const server = await talk.online();
    const flood = JSON.stringify(newMessage(message(1), "p1"));
    for (let frame = 0; frame < 5_000; frame++) {
      server.sendsText(flood);
    }
    await server.sends();
    expect(server.closedByClient).toBe(true);
    expect(talk.client.connection.name).toBe("waiting");
  });
});

test("a message arrives once, however often it comes", async () => {
  const talk = new Talk();
  const arrived: string[] = [];
  talk.client.on("arrived", (held) => arrived.push(held.content));
  const server = await talk.online();
  await server.sends(newMessage(message(1), "p1"), newMessage(message(1), "p1"), page({ messages: [message(1)] }));
  expect(arrived).toEqual(["message 1"]);
});

test("a listener that was taken away hears nothing more", async () => {
  const talk = new Talk();
  const changed: number[] = [];
  const takeAway = talk.client.on("changed", () => changed.push(1));
  const server = await talk.online();
  await server.sends(newMessage(message(1), "p1"));
  takeAway();
  await server.sends(newMessage(message(2), "p2"));
  expect(changed).toHaveLength(1);
});

test("the background is told to the server, again in each session", async () => {
  const talk = new Talk();
  const first = await talk.online();
  talk.client.setActive(false);
  talk.client.setActive(false);
  await first.expects({ type: "device_state", active: false });
  await first.closes();
  await talk.clock.passes(250);
  const second = await talk.accepts();
  await second.expects({ type: "device_connect" });
  await second.sends(connected({ serverTime: noon }));
  await second.expects({ type: "device_state", active: false });
  talk.client.setActive(true);
  await second.expects({ type: "device_state", active: true });
});
