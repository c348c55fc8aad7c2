import { describe, expect, test } from "vitest";
import { Holding } from "../holding.js";
import { Truth } from "./truth.js";

/** Something happens: what a device holds after it equals what a device holds that comes fresh after it. */
const kinds: Record<string, (truth: Truth) => void> = {
  "a message of somebody else": (truth) => truth.send("c1", "bob", "pixel", "b9"),
  "a message of one's other device": (truth) => truth.send("c1", "alice", "ipad", "a9"),
  "a message of this device": (truth) => truth.send("c1", "alice", "iphone", "i9"),
  "an edit": (truth) => truth.edit("c1", 2, "edited"),
  "a recall": (truth) => truth.recall("c1", 2),
  "an edit and its recall": (truth) => {
    truth.edit("c1", 3, "edited");
    truth.recall("c1", 3);
  },
  "a read on one's other device": (truth) => truth.read("c1", "ipad", 2),
  "a read on this device": (truth) => truth.read("c1", "iphone", 3),
  "reads on two devices, the lower one later": (truth) => {
    truth.read("c1", "ipad", 3);
    truth.read("c1", "iphone", 2);
  },
  "a delivery": (truth) => truth.receive("c1", "bob", 3, "delivered"),
  "a read of somebody else": (truth) => truth.receive("c1", "bob", 3, "read"),
  "a read of all others": (truth) => {
    truth.receive("c1", "bob", 3, "read");
    truth.receive("c1", "carol", 3, "read");
  },
  "a new title": (truth) => truth.rename("c1", "New"),
  "a new member": (truth) => truth.addMember("c1", "dave"),
  "a member who leaves": (truth) => truth.removeMember("c1", "bob"),
  joining: (truth) => truth.join("c2", ["bob"], 5),
  "joining, a message, and a new title": (truth) => {
    truth.join("c2", ["bob"], 5);
    truth.send("c2", "bob", "pixel", "b1");
    truth.rename("c2", "Two");
  },
  leaving: (truth) => truth.leave("c1"),
  "leaving and joining again": (truth) => {
    truth.leave("c1");
    truth.join("c1", ["bob"]);
    truth.send("c1", "bob", "pixel", "b9");
  },
};

function before(): Truth {
  const truth = new Truth();
  truth.join("c1", ["bob", "carol"]);
  truth.send("c1", "bob", "pixel", "b1");
  truth.send("c1", "bob", "pixel", "b2");
  truth.send("c1", "alice", "iphone", "i3");
  truth.read("c1", "ipad", 1);
  truth.receive("c1", "carol", 2, "delivered");
  return truth;
}

describe.each(Object.entries(kinds))("snapshot + %s = fresh snapshot", (_name, happens) => {
  test.each(["live", "missed", "missed one by one", "live, twice", "live and then missed"])("%s", async (how) => {
    const truth = before();
    const device = new Holding();
    await device.apply(...truth.snapshot());
    const start = truth.head;
    happens(truth);
    const live = truth.live(start, truth.head);
    const frames = {
      live,
      missed: truth.missed(start, 100),
      "missed one by one": truth.missed(start, 1),
      "live, twice": [...live, ...live],
      "live and then missed": [...live, ...truth.missed(start, 2)],
    }[how];
    await device.apply(...(frames ?? []));

    const fresh = new Holding();
    await fresh.apply(...truth.snapshot());
    expect(await device.everything()).toEqual(await fresh.everything());
    expect(await device.position()).toBe(await fresh.position());
  });
});
