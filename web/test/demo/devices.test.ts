import { describe, expect, test } from "vitest";
import { type DemoDevice, kindOf } from "../../src/demo/accounts.js";
import { loadAdded, newDevice, saveAdded } from "../../src/demo/added.js";

function device(name: string, type: DemoDevice["type"], platform: DemoDevice["platform"]): DemoDevice {
  return { id: name, name, type, platform };
}

describe("a device", () => {
  test("looks like what it is", () => {
    expect(kindOf(device("iPhone", "mobile", "ios"))).toBe("phone");
    expect(kindOf(device("iPad", "mobile", "ios"))).toBe("tablet");
    expect(kindOf(device("MacBook", "desktop", "mac"))).toBe("laptop");
    expect(kindOf(device("Windows PC", "desktop", "windows"))).toBe("pc");
  });

  test("that is added is of the kind that was asked for, and like no other", () => {
    const kinds = ["phone", "tablet", "laptop", "pc"] as const;
    const devices: DemoDevice[] = [];
    for (const kind of [...kinds, ...kinds]) {
      const added = newDevice(kind, devices);
      expect(kindOf(added)).toBe(kind);
      expect(added.id).toMatch(/^[a-z0-9-]+$/);
      devices.push(added);
    }
    expect(new Set(devices.map((added) => added.id)).size).toBe(8);
    expect(new Set(devices.map((added) => added.name)).size).toBe(8);
  });

  test("that was added is there again after a reload", () => {
    const added = { alice: [newDevice("phone", [])] };
    saveAdded(added);
    expect(loadAdded()).toEqual(added);
    localStorage.setItem("bocau.demo.added", "{broken");
    expect(loadAdded()).toEqual({});
  });
});
