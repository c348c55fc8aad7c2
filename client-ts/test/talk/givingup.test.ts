import { describe, expect, test } from "vitest";
import { connected, message, newMessage, noon } from "../frames.js";
import { Talk } from "./talk.js";

describe("a device that is not wanted", () => {
  test("because it has connected again elsewhere stays away, until it is told to take over", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await server.sends({ type: "error", code: 4500, reason: "replaced" });
    await server.closes(4500, "replaced");
    expect(talk.client.connection).toEqual({ name: "replaced" });
    await talk.clock.passes(3_600_000);
    await talk.expectsNoConnection();
    talk.client.nudge();
    await talk.expectsNoConnection();
    talk.client.start();
    await talk.accepts();
  });

  test.each([4501, 4502, 4599])("because of %d gives up, and says why", async (code) => {
    const talk = new Talk();
    const server = await talk.online();
    await server.closes(code, "no more");
    expect(talk.client.connection).toEqual({ name: "refused", code, reason: "no more" });
    await talk.clock.passes(3_600_000);
    await talk.expectsNoConnection();
  });

  test("is told by the error where the close has lost its code", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await server.sends({ type: "error", code: 4501, reason: "too many devices" });
    await server.closes(1006);
    expect(talk.client.connection).toEqual({ name: "refused", code: 4501, reason: "too many devices" });
  });

  test("gives up where device_connect itself is refused for good", async () => {
    const talk = new Talk();
    talk.client.start();
    const server = await talk.accepts();
    await server.sends({ type: "error", code: 4003, reason: "device.id" });
    await server.closes(4003, "device.id");
    expect(talk.client.connection).toEqual({ name: "refused", code: 4003, reason: "device.id" });
  });

  test("asks for a snapshot where what it holds must be fetched again", async () => {
    const talk = new Talk();
    const server = await talk.online();
    await server.sends(newMessage(message(1), "p1"));
    await server.closes(4200, "fetch again");
    await talk.clock.passes(250);
    expect(await (await talk.accepts()).expects({ type: "device_connect" })).not.toHaveProperty("cursor");
  });
});

describe("a token", () => {
  test("that is refused is replaced by a new one", async () => {
    const talk = new Talk();
    talk.tokens = ["old", "new"];
    talk.client.start();
    await (await talk.accepts()).closes(4101, "expired");
    await talk.clock.passes(250);
    await (await talk.accepts()).expects({ type: "device_connect", token: "new" });
  });

  test("that is refused again ends it: somebody must sign in", async () => {
    const talk = new Talk();
    talk.tokens = ["old", "new"];
    talk.client.start();
    await (await talk.accepts()).closes(4101, "expired");
    await talk.clock.passes(250);
    await (await talk.accepts()).closes(4100, "not trusted");
    expect(talk.client.connection).toEqual({ name: "signed-out", code: 4100, reason: "not trusted" });
    await talk.clock.passes(600_000);
    await talk.expectsNoConnection();
  });

  test("is not asked for where this device was signed out: a new one would undo that", async () => {
    const talk = new Talk();
    talk.tokens = ["first", "second"];
    const server = await talk.online();
    await server.closes(4102, "signed out");
    expect(talk.client.connection).toEqual({ name: "signed-out", code: 4102, reason: "signed out" });
    await talk.clock.passes(600_000);
    await talk.expectsNoConnection();
    talk.client.start();
    await (await talk.accepts()).expects({ type: "device_connect", token: "second" });
  });

  test("is used again for the next connection while it is good", async () => {
    const talk = new Talk();
    talk.tokens = ["first", "second"];
    await (await talk.online()).closes();
    await talk.clock.passes(250);
    await (await talk.accepts()).expects({ token: "first" });
  });

  test("is renewed a minute before it expires by the server's clock, and the session goes on", async () => {
    const talk = new Talk();
    talk.tokens = ["first", "second", "third"];
    const serverTime = noon + 86_400_000;
    const server = await talk.online(connected({ serverTime, tokenExpiresAt: serverTime + 600_000, heartbeatMs: 1e9 }));
    await talk.clock.passes(539_999);
    await server.expectsNothing();
    await talk.clock.passes(1);
    await server.expects({ type: "token", token: "second" });
    await server.sends({ type: "token_accepted", expiresAt: serverTime + 540_000 + 300_000 });
    await talk.clock.passes(240_000);
    await server.expects({ type: "token", token: "third" });
    expect(talk.client.connection.name).toBe("online");
  });

  test("with a short life is renewed at half of it", async () => {
    const talk = new Talk();
    talk.tokens = ["first", "second"];
    const server = await talk.online(connected({ tokenExpiresAt: noon + 20_000 }));
    await talk.clock.passes(10_000);
    await server.expects({ type: "token", token: "second" });
  });

  test("that has expired in mid-session is replaced without reconnecting", async () => {
    const talk = new Talk();
    talk.tokens = ["first", "second"];
    const server = await talk.online();
    await server.sends({ type: "error", code: 4101, reason: "expired" });
    await talk.clock.passes(0);
    await server.expects({ type: "token", token: "second" });
    expect(talk.client.connection.name).toBe("online");
  });

  test("that was expired when the app gave it is replaced at once only the first time", async () => {
    const talk = new Talk();
    talk.tokens = ["first", "stale"];
    const server = await talk.online(connected({ heartbeatMs: 1e9 }));
    const expired = { type: "error", code: 4101, reason: "expired", frame: "token" } as const;
    await server.sends(expired);
    await talk.clock.passes(0);
    await server.expects({ type: "token", token: "stale" });
    await server.sends(expired);
    await talk.clock.passes(9_999);
    await server.expectsNothing();
    await talk.clock.passes(1);
    await server.expects({ type: "token", token: "stale" });
    await server.sends({ type: "token_accepted", expiresAt: talk.clock.now() + 600_000 });
    await server.sends(expired);
    await talk.clock.passes(0);
    await server.expects({ type: "token", token: "stale" });
  });

  test("that cannot be had now is asked for again while the old one lasts", async () => {
    const talk = new Talk();
    talk.tokens = ["first", new Error("down"), "second"];
    const server = await talk.online(connected({ tokenExpiresAt: noon + 120_000, heartbeatMs: 1e9 }));
    await talk.clock.passes(60_000);
    await server.expectsNothing();
    expect(talk.failures).toHaveLength(1);
    await talk.clock.passes(10_000);
    await server.expects({ type: "token", token: "second" });
  });
});
