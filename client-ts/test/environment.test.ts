import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemEnvironment, type WebSocketConstructor } from "../src/index.js";

const environment = () => systemEnvironment(class {} as unknown as WebSocketConstructor);

describe("a timer of the platform", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const days = 24 * 60 * 60 * 1000;

  test("that is longer than the platform can count does not run at once", () => {
    let ran = false;
    environment().after(60 * days, () => {
      ran = true;
    });
    vi.advanceTimersByTime(60 * days - 1);
    expect(ran).toBe(false);
    vi.advanceTimersByTime(1);
    expect(ran).toBe(true);
  });

  test("can be cancelled in each of its parts", () => {
    let ran = false;
    const cancel = environment().after(60 * days, () => {
      ran = true;
    });
    vi.advanceTimersByTime(30 * days);
    cancel();
    vi.advanceTimersByTime(60 * days);
    expect(ran).toBe(false);
  });
});

test("an id is a UUID of version 4, and another each time", () => {
  const ids = Array.from({ length: 100 }, () => environment().newId());
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(new Set(ids).size).toBe(100);
});
