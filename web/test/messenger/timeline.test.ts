import { describe, expect, test } from "vitest";
import { placed } from "../../src/messenger/timeline.js";
import { briefly, dayOf } from "../../src/messenger/when.js";
import { en } from "../../src/words/en.js";
import { message, noon, own } from "../messages.js";

const day = 86_400_000;

describe("messages among their neighbours", () => {
  test("begin a day where the date changes", () => {
    const rows = placed([message(1, { timestamp: noon - day }), message(2), message(3)], 9);
    expect(rows.map((row) => row.newDay)).toEqual([true, true, false]);
  });

  test("form groups of one sender within moments", () => {
    const rows = placed([message(1), message(2), own(3), own(4), message(5, { timestamp: noon + 600_000 })], 9);
    expect(rows.map((row) => row.joinsAbove)).toEqual([false, true, false, true, false]);
    expect(rows.map((row) => row.joinsBelow)).toEqual([true, false, true, false, false]);
  });

  test("mark the first that is unread, which no own message is", () => {
    const rows = placed([message(1), own(2), message(3), message(4)], 1);
    expect(rows.filter((row) => row.firstUnread).map((row) => row.message.seq)).toEqual([3]);
    expect(placed([message(1), own(2)], 1).some((row) => row.firstUnread)).toBe(false);
  });

  test("begin a group at the first unread one", () => {
    expect(placed([message(1), message(2)], 1).map((row) => row.joinsAbove)).toEqual([false, false]);
  });
});

describe("the day of a message", () => {
  test("is told as one speaks", () => {
    expect(dayOf(noon - 3_600_000, noon, "en-GB", en)).toBe("Today");
    expect(dayOf(noon - day, noon, "en-GB", en)).toBe("Yesterday");
    expect(dayOf(noon - 3 * day, noon, "en-GB", en)).toMatch(/^Thursday,? 19 November$/);
    expect(dayOf(noon - 400 * day, noon, "en-GB", en)).toContain("2025");
  });

  test("counts midnights, not hours", () => {
    const lateYesterday = new Date(2026, 10, 21, 23, 59).getTime();
    expect(dayOf(lateYesterday, new Date(2026, 10, 22, 0, 1).getTime(), "en-GB", en)).toBe("Yesterday");
  });

  test("is as short as a list needs it", () => {
    expect(briefly(noon - 3_600_000, noon, "en-GB")).toBe("11:00");
    expect(briefly(noon - 2 * day, noon, "en-GB")).toBe("Fri");
    expect(briefly(noon - 30 * day, noon, "en-GB")).toBe("23/10");
  });
});
