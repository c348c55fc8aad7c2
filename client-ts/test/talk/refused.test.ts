import { describe, expect, test } from "vitest";
import type { ErrorFrame } from "../../src/index.js";
import { connected } from "../frames.js";
import { later, received, talking, ticks } from "./answers.js";

describe("a message that is refused for now", () => {
  test("is sent again after retryAfterMs, and those behind it after it", async () => {
    const { talk, server } = await talking();
    for (const content of ["one", "two", "three"]) {
      await talk.client.send("c1", content);
      await server.expects({ content });
    }
    await server.sends(later("local-1", 500));
    await talk.clock.passes(600);
    await server.expectsNothing();
    await server.sends(later("local-2", 500), later("local-3", 500));
    for (const localId of ["local-1", "local-2", "local-3"]) {
      await server.expects({ type: "send_message", localId });
    }
    await server.sends(received("local-1", 1), received("local-2", 2), received("local-3", 3));
    expect(await ticks(talk)).toEqual(["sent", "sent", "sent"]);
    await talk.clock.passes(60_000);
    await server.expects({ type: "ping" });
  });

  test("lets nothing of its conversation overtake it, and other conversations go on", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "one");
    await server.expects({ content: "one" });
    await server.sends(later("local-1", 500));
    await talk.client.send("c1", "two");
    await talk.client.send("c2", "elsewhere");
    await server.expects({ content: "elsewhere" });
    await server.expectsNothing();
    await talk.clock.passes(500);
    await server.expects({ content: "one" });
    await server.expects({ content: "two" });
  });

  test("that is refused in one breath with an answer waits for the whole time", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "one");
    await talk.client.send("c1", "two");
    await talk.client.send("c1", "three");
    await server.sends(received("local-1", 1), later("local-2", 500), later("local-3", 500));
    for (const content of ["one", "two", "three"]) {
      await server.expects({ content });
    }
    await talk.clock.passes(499);
    await server.expectsNothing();
    await talk.clock.passes(1);
    await server.expects({ content: "two" });
    await server.expects({ content: "three" });
  });

  test("is sent again also where the clock was set back meanwhile, or the timer was early by it", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "one");
    await server.expects({ content: "one" });
    await server.sends(later("local-1", 500));
    talk.clock.setBack(1);
    await talk.clock.passes(500);
    await server.expects({ content: "one" });
  });

  test("again and again waits longer, also where the server names no time", async () => {
    const { talk, server } = await talking({ chances: Array.from({ length: 20 }, () => 0.999) });
    await talk.client.send("c1", "one");
    await server.expects({ content: "one" });
    for (const waitMs of [500, 1_000, 2_000]) {
      await server.sends(later("local-1"));
      await talk.clock.passes(waitMs * 0.999 - 1);
      await server.expectsNothing();
      await talk.clock.passes(1);
      await server.expects({ content: "one" });
    }
  });

  test("is sent in order in the next session, without waiting for the last one's time", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "one");
    await talk.client.send("c1", "two");
    await server.sends(later("local-1", 20_000));
    await server.closes();
    await talk.clock.passes(250);
    const again = await talk.accepts();
    await again.expects({ type: "device_connect" });
    await again.sends(connected());
    await again.expects({ content: "one" });
    await again.expects({ content: "two" });
  });
});

describe("a message that is refused for good", () => {
  const refusal: ErrorFrame = { type: "error", code: 4030, reason: "not a member", localId: "local-1" };

  test("fails with the reason, is not sent again by itself, and lets the others pass", async () => {
    const { talk, server } = await talking();
    const refused: ErrorFrame[] = [];
    talk.client.on("refused", (error) => refused.push(error));
    await talk.client.send("c1", "one");
    await talk.client.send("c1", "two");
    await server.sends(refusal, received("local-2", 1));
    expect(await talk.client.messages("c1")).toMatchObject([
      { content: "two", tick: "sent" },
      { content: "one", tick: "failed", failure: { code: 4030, reason: "not a member" } },
    ]);
    expect(refused).toEqual([refusal]);
    await server.closes();
    await talk.clock.passes(250);
    const again = await talk.accepts();
    await again.expects({ type: "device_connect" });
    await again.sends(connected());
    await again.expectsNothing();
  });

  test("is tried again under the same localId when the user says so", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "one");
    await server.expects({ content: "one" });
    await server.sends(refusal);
    expect(await talk.client.retry("local-1")).toBe(true);
    await server.expects({ type: "send_message", localId: "local-1", content: "one" });
    expect(await ticks(talk)).toEqual(["sending"]);
  });

  test("is tried again under a new localId where the old one stands for something else", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "one");
    await server.expects({ localId: "local-1" });
    await server.sends({ ...refusal, code: 4006 });
    await talk.client.retry("local-1");
    await server.expects({ localId: "local-2", content: "one" });
  });

  test("is gone when the user discards it; one that may be at the server is not", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "one");
    expect(await talk.client.discard("local-1")).toBe(false);
    expect(await talk.client.retry("local-1")).toBe(false);
    await server.sends(refusal);
    expect(await talk.client.discard("local-1")).toBe(true);
    expect(await talk.client.messages("c1")).toEqual([]);
  });

  test("does not leave where the server would end the connection over its length", async () => {
    const { talk, server } = await talking();
    await talk.client.send("c1", "ồ".repeat(3_000));
    await talk.client.send("c1", "short");
    await server.expects({ content: "short" });
    expect(await talk.client.messages("c1")).toMatchObject([
      { tick: "failed", failure: { code: 4005, reason: "longer than 8192 bytes" } },
      { tick: "sending" },
    ]);
  });
});
