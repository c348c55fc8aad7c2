import { describe, expect, test } from "vitest";
import type { MemberReceipt } from "../../src/index.js";
import { tickOf } from "../../src/views/tick.js";

const members = [
  { userId: "alice", sinceSeq: 1 },
  { userId: "bob", sinceSeq: 1 },
  { userId: "carol", sinceSeq: 5 },
];

function reached(userId: string, deliveredSeq: number, readSeq: number): MemberReceipt {
  return { userId, deliveredSeq, deliveredAt: 1, readSeq, readAt: 1 };
}

describe("the tick of an own message in a group", () => {
  const tick = (seq: number, ...receipts: MemberReceipt[]) => tickOf(seq, { members, receipts }, "alice");

  test("is delivered only when all others have got it", () => {
    expect(tick(6)).toBe("sent");
    expect(tick(6, reached("bob", 6, 0))).toBe("sent");
    expect(tick(6, reached("bob", 6, 0), reached("carol", 5, 0))).toBe("sent");
    expect(tick(6, reached("bob", 6, 0), reached("carol", 6, 0))).toBe("delivered");
  });

  test("is read only when all others have read it", () => {
    expect(tick(6, reached("bob", 6, 6), reached("carol", 6, 5))).toBe("delivered");
    expect(tick(6, reached("bob", 7, 7), reached("carol", 6, 6))).toBe("read");
  });

  test("does not wait for members who joined after it", () => {
    expect(tick(4, reached("bob", 4, 4))).toBe("read");
  });

  test("takes read for delivered", () => {
    expect(tick(6, reached("bob", 0, 6), reached("carol", 6, 0))).toBe("delivered");
  });

  test("does not count receipts of those who are no members, or one's own", () => {
    expect(tick(6, reached("dave", 9, 9), reached("alice", 9, 9))).toBe("sent");
  });
});

test("a message in a large conversation, which tells no members, stays at sent", () => {
  expect(tickOf(1, { members: [], receipts: [] }, "alice")).toBe("sent");
});

test("a message to oneself alone stays at sent", () => {
  expect(tickOf(1, { members: [{ userId: "alice", sinceSeq: 1 }], receipts: [] }, "alice")).toBe("sent");
});
