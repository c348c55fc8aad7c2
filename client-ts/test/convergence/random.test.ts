import { describe, expect, test } from "vitest";
import { noon } from "../frames.js";
import { Holding } from "../holding.js";
import { Truth } from "./truth.js";

/** Mulberry32: small, and the same everywhere. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const people = ["bob", "carol", "dave"] as const;

/** Alice's iphone, at a server that repeats itself, cuts off and sends snapshots as it pleases. */
class Story {
  readonly truth = new Truth();
  readonly device = new Holding();
  private cursor = 0;
  private sent = 0;

  /** @param mostRecent snapshots tell at most so many messages of a conversation */
  constructor(
    private readonly pick: (below: number) => number,
    private readonly mostRecent: number,
  ) {}

  async step(): Promise<void> {
    if (this.pick(4) === 0) {
      await this.catchUp();
    } else {
      await this.happens();
    }
  }

  async catchUp(): Promise<void> {
    const { truth, device, pick } = this;
    const again = Math.max(0, this.cursor - pick(4));
    switch (pick(4)) {
      case 0:
        await device.apply(...truth.snapshot(this.mostRecent));
        break;
      case 1:
        await device.apply(...truth.missed(again, 1 + pick(5)));
        break;
      case 2:
        await device.apply(...truth.live(again, truth.head));
        break;
      default: {
        const part = this.cursor + pick(truth.head - this.cursor + 1);
        await device.apply(...truth.live(again, part));
        this.cursor = part;
        return;
      }
    }
    this.cursor = truth.head;
  }

  private async happens(): Promise<void> {
    const { truth, pick } = this;
    const id = `c${1 + pick(3)}`;
    if (!truth.ids().includes(id)) {
      truth.join(id, people.slice(0, 1 + pick(3)), pick(3));
      return;
    }
    const person = people[pick(3)] ?? "bob";
    const seq = 1 + pick(Math.max(1, truth.headSeq(id)));
    const exists = seq <= truth.headSeq(id);
    switch (pick(14)) {
      case 0:
        return truth.leave(id);
      case 1:
        return truth.rename(id, `title ${pick(100)}`);
      case 2:
        return truth.addMember(id, person);
      case 3:
        return truth.removeMember(id, person);
      case 4:
        return exists ? truth.edit(id, seq, `edit ${pick(100)}`) : undefined;
      case 5:
        return exists ? truth.recall(id, seq) : undefined;
      case 6:
        truth.read(id, "ipad", exists ? seq : 0);
        return;
      case 7:
        return this.readsHere(id, exists ? seq : 0);
      case 8:
      case 9:
        return exists ? truth.receive(id, person, seq, pick(2) === 0 ? "read" : "delivered") : undefined;
      case 10:
        return truth.send(id, "alice", "ipad", `ipad-${++this.sent}`);
      case 11:
        return this.sendsHere(id);
      default:
        return truth.send(id, person, "pixel", `${person}-${++this.sent}`);
    }
  }

  private async sendsHere(id: string): Promise<void> {
    const localId = `iphone-${++this.sent}`;
    await this.device.waits(localId, {}, id);
    this.truth.send(id, "alice", "iphone", localId);
  }

  private async readsHere(id: string, seq: number): Promise<void> {
    if (this.truth.read(id, "iphone", seq)) {
      await this.device.store.transaction("write", (transaction) =>
        transaction.putPendingRead({ conversationId: id, seq, readAt: noon }),
      );
    }
  }

  /** What this device still waits for is said again, and answered: it did not come back to one who had left meanwhile. */
  async comesToRest(): Promise<void> {
    const { truth, device } = this;
    await device.apply(...truth.missed(this.cursor, 3));
    for (const { conversationId, localId } of await device.outbox()) {
      await device.apply(truth.answer(conversationId, localId));
    }
    for (const conversationId of ["c1", "c2", "c3"].filter((id) => !truth.ids().includes(id))) {
      await device.apply({ type: "error", code: 4030, reason: "not a member", conversationId, frame: "mark_read" });
    }
  }
}

async function told(seed: number, mostRecent: number): Promise<{ device: Holding; fresh: Holding }> {
  const story = new Story(seeded(seed), mostRecent);
  for (let step = 0; step < 60; step++) {
    await story.step();
  }
  await story.comesToRest();
  const fresh = new Holding();
  await fresh.apply(...story.truth.snapshot());
  return { device: story.device, fresh };
}

const seeds = Array.from({ length: 100 }, (_, seed) => seed);

describe("whatever happens, and however it is told, a device ends up holding what a fresh one gets", () => {
  test.each(seeds)("seed %d", async (seed) => {
    const { device, fresh } = await told(seed, Number.MAX_SAFE_INTEGER);
    expect(await device.everything()).toEqual(await fresh.everything());
    expect(await device.outbox()).toEqual([]);
    expect(await device.pendingReads()).toEqual([]);
  });
});

describe("where snapshots leave older messages out, a device still knows how many are unread, and holds no wrong one", () => {
  test.each(seeds)("seed %d", async (seed) => {
    const { device, fresh } = await told(seed, seed % 4);
    for (const expected of await fresh.conversations()) {
      const { unread, readSeq, title } = expected;
      expect(await device.conversation(expected.id)).toMatchObject({ unread, readSeq, title });
      const held = await device.messages(expected.id);
      const all = await fresh.messages(expected.id);
      expect(held).toEqual(all.filter((message) => held.some((other) => other.seq === message.seq)));
    }
    expect(await device.conversations()).toHaveLength((await fresh.conversations()).length);
  });
});
