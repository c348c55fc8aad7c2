import type { ClientEvents } from "@bocau/client";
import { beforeEach, describe, expect, test } from "vitest";
import { Names } from "../../src/held/names.js";

let asked: string[];
let online: boolean;
let comesOnline: () => void;
const client = {
  async user(userId: string) {
    asked.push(userId);
    if (!online) {
      throw new Error("offline");
    }
    return { id: userId, name: userId === "ghost" ? "" : userId.toUpperCase() };
  },
  on(_name: keyof ClientEvents, listener: (event: never) => void) {
    comesOnline = () => (listener as (event: object) => void)({ name: "online" });
    return () => {};
  },
};

const answered = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  asked = [];
  online = true;
});

describe("a name", () => {
  test("is asked for once, and until it is there the id stands in", async () => {
    const names = new Names(client, new Map());
    let changes = 0;
    names.subscribe(() => changes++);
    expect(names.snapshot()("bob")).toBe("bob");
    expect(names.snapshot()("bob")).toBe("bob");
    await answered();
    expect(asked).toEqual(["bob"]);
    expect(changes).toBe(1);
    expect(names.snapshot()("bob")).toBe("BOB");
  });

  test("that is known already is not asked for", () => {
    expect(new Names(client, new Map([["bob", "Bob"]])).snapshot()("bob")).toBe("Bob");
    expect(asked).toEqual([]);
  });

  test("that there is none of stays the id", async () => {
    const names = new Names(client, new Map());
    names.snapshot()("ghost");
    await answered();
    expect(names.snapshot()("ghost")).toBe("ghost");
  });

  test("that could not be had is asked for again once there is a connection", async () => {
    online = false;
    const names = new Names(client, new Map());
    names.snapshot()("bob");
    await answered();
    const before = names.snapshot();
    online = true;
    comesOnline();
    expect(names.snapshot()).not.toBe(before);
    names.snapshot()("bob");
    await answered();
    expect(names.snapshot()("bob")).toBe("BOB");
  });
});
