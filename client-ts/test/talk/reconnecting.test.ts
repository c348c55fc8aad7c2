import { describe, expect, test } from "vitest";
import { connected, message, newMessage, page } from "../frames.js";
import { Talk } from "./talk.js";

describe("a device that has lost its connection", () => {
  test("waits a random time that doubles in its ceiling, up to half a minute, and forgets that once it is in step", async () => {
    const talk = new Talk({ chances: Array.from({ length: 9 }, () => 0.999) });
    talk.client.start();
    const waited: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      await (await talk.accepts()).closes();
      const state = talk.client.connection;
      const delayMs = state.name === "waiting" ? state.retryAt - talk.clock.now() : 0;
      waited.push(Math.round(delayMs / 0.999));
      await talk.clock.passes(delayMs);
    }
    expect(waited).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    const server = await talk.accepts();
    await server.sends(connected(), page());
    await server.closes();
    const state = talk.client.connection;
    expect(state.name === "waiting" && state.retryAt - talk.clock.now()).toBe(499.5);
  });

  test("does not count a session that ended before it was in step", async () => {
    const talk = new Talk({ chances: [0.5, 0.5] });
    talk.client.start();
    for (const ceiling of [500, 1_000]) {
      const server = await talk.accepts();
      await server.sends(connected());
      await server.closes();
      const state = talk.client.connection;
      expect(state.name === "waiting" && state.retryAt - talk.clock.now()).toBe(ceiling / 2);
      await talk.clock.passes(ceiling / 2);
    }
  });

  test("waits at least as long as the server asks", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await server.sends({ type: "error", code: 4400, reason: "going down", retryAfterMs: 5_000 });
    await server.closes(4400, "going down");
    await talk.clock.passes(4_999);
    await talk.expectsNoConnection();
    await talk.clock.passes(1);
    await talk.accepts();
  });

  test("is not told how long to wait by an error that came long before", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await server.sends({ type: "error", code: 4301, reason: "slowly", localId: "x", retryAfterMs: 60_000 });
    await server.sends(newMessage(message(1), "p1"));
    await server.closes(1006);
    await talk.clock.passes(250);
    await talk.accepts();
  });

  test("tries at once when told that the network is back", async () => {
    const talk = new Talk();
    await (await talk.online()).closes();
    await talk.expectsNoConnection();
    talk.client.nudge();
    await talk.accepts();
  });

  test("tries again when it is not even told where to connect, or gets no token", async () => {
    const talk = new Talk();
    talk.answers.set("GET /v1/connect", 503);
    talk.tokens = ["token-1"];
    talk.client.start();
    await talk.expectsNoConnection();
    talk.answers.set("GET /v1/connect", { websocket: "ws://realtime/ws" });
    talk.tokens = [new Error("the app's back end is down"), "token-2"];
    await talk.clock.passes(250);
    await talk.clock.passes(500);
    await (await talk.accepts()).expects({ type: "device_connect" });
  });

  test("gives up on a server that does not answer device_connect, and tries again", async () => {
    const talk = new Talk();
    talk.client.start();
    const silent = await talk.accepts();
    await talk.clock.passes(10_000);
    expect(silent.closedByClient).toBe(true);
    await talk.clock.passes(250);
    await talk.accepts();
  });

  test("does not hear what a connection says that it has left", async () => {
    const talk = new Talk();
    const server = await talk.online();
    talk.client.goOffline();
    await server.sends(newMessage(message(1), "p1"));
    await server.closes();
    expect(await talk.client.messages("c1")).toEqual([]);
    expect(talk.client.connection.name).toBe("offline");
  });

  test("ends a session in which the server sends what is not a frame", async () => {
    const talk = new Talk();
    const server = await talk.online();
    server.sendsText("<html>");
    await server.sends();
    expect(server.closedByClient).toBe(true);
    expect(talk.client.connection).toMatchObject({ name: "waiting" });
  });

  test("ignores frames of a type that it does not know", async () => {
    const talk = new Talk();
    const server = await talk.online();
    server.sendsText('{"type":"wave","position":"p9"}');
    await server.sends(newMessage(message(1), "p1"));
    expect(await talk.position()).toBe("p1");
    expect(talk.client.connection.name).toBe("online");
  });
});

describe("the heartbeat", () => {
  test("asks after silence, and goes on when there is an answer", async () => {
    const talk = new Talk();
    const server = await talk.online(connected({ heartbeatMs: 30_000 }));
    await talk.clock.passes(20_000);
    await server.sends(newMessage(message(1)));
    await talk.clock.passes(29_999);
    await server.expectsNothing();
    await talk.clock.passes(1);
    const timestamp = talk.clock.now();
    await server.expects({ type: "ping", timestamp });
    await talk.clock.passes(9_000);
    await server.sends({ type: "pong", timestamp });
    await talk.clock.passes(29_000);
    await server.expectsNothing();
    await talk.clock.passes(1_000);
    await server.expects({ type: "ping" });
  });

  test("takes ten seconds without any answer for a lost connection", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await talk.clock.passes(30_000);
    await server.expects({ type: "ping" });
    await talk.clock.passes(9_999);
    expect(talk.client.connection.name).toBe("online");
    await talk.clock.passes(1);
    expect(talk.client.connection).toMatchObject({ name: "waiting", reason: "nothing was heard" });
    expect(server.closedByClient).toBe(true);
  });

  test("takes an answer within the same millisecond for one", async () => {
    const talk = new Talk();
    const server = await talk.online();
    talk.client.nudge();
    await server.expects({ type: "ping" });
    await server.sends({ type: "pong", timestamp: talk.clock.now() });
    await talk.clock.passes(10_000);
    expect(talk.client.connection.name).toBe("online");
    await server.expectsNothing();
  });

  test("asks again where something was heard that may have been on its way before it asked", async () => {
    const talk = new Talk();
    const server = await talk.online();
    talk.client.nudge();
    await server.expects({ type: "ping" });
    await server.sends(newMessage(message(1)));
    await talk.clock.passes(10_000);
    expect(talk.client.connection.name).toBe("online");
    await server.expects({ type: "ping", timestamp: talk.clock.now() });
    await talk.clock.passes(10_000);
    expect(talk.client.connection).toMatchObject({ name: "waiting", reason: "nothing was heard" });
  });

  test("does not fall asleep where the clock was set back", async () => {
    const talk = new Talk();
    const server = await talk.online();
    talk.clock.setBack(86_400_000);
    await talk.clock.passes(60_000);
    await server.expects({ type: "ping" });
  });

  test("asks at once when told that the network has changed", async () => {
    const talk = new Talk();
    const server = await talk.online();
    talk.client.nudge();
    await server.expects({ type: "ping" });
    await talk.clock.passes(10_000);
    expect(talk.client.connection.name).toBe("waiting");
  });
});

describe("the offline switch", () => {
  test("closes the connection and opens none until it is switched back", async () => {
    const talk = new Talk();
    const server = await talk.online();
    talk.client.goOffline();
    expect(server.closedByClient).toBe(true);
    await talk.clock.passes(600_000);
    await talk.expectsNoConnection();
    talk.client.goOnline();
    await talk.accepts();
  });

  test("leaves no timer running", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await talk.client.send("c1", "hello");
    await server.sends(newMessage(message(1), "p1"));
    await talk.client.markRead("c1", 1);
    talk.client.goOffline();
    expect(talk.clock.waiting).toBe(0);
  });

  test("also stops a device that waits to connect again, or is just connecting", async () => {
    const talk = new Talk();
    await (await talk.online()).closes();
    talk.client.goOffline();
    await talk.clock.passes(60_000);
    await talk.expectsNoConnection();
    talk.client.goOnline();
    talk.client.goOffline();
    await talk.clock.passes(60_000);
    await talk.expectsNoConnection();
    expect(talk.client.connection.name).toBe("offline");
  });

  test("thrown while the first frame is being stored leaves nothing running", async () => {
    const talk = new Talk();
    await talk.client.send("c1", "hello");
    talk.client.goOnline();
    const server = await talk.accepts();
    server.sendsText(JSON.stringify(connected()));
    talk.client.goOffline();
    await server.sends();
    expect(talk.clock.waiting).toBe(0);
    await (await talk.online()).expects({ content: "hello" });
  });

  test("thrown to and fro leaves one connection", async () => {
    const talk = new Talk();
    talk.client.goOnline();
    talk.client.goOffline();
    talk.client.goOnline();
    talk.client.goOnline();
    await talk.accepts();
    await talk.expectsNoConnection();
  });
});
