import type { Client } from "@bocau/client";
import { useRef } from "react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { useReading } from "../../src/messenger/reading.js";
import { does, render } from "../render.js";

/** Says what is in view when a test says so: nothing has a size where there is no screen. */
class Screen {
  static current: Screen | undefined;
  readonly observed = new Set<Element>();

  constructor(private readonly tell: (entries: readonly object[]) => void) {
    Screen.current = this;
  }

  observe(element: Element): void {
    this.observed.add(element);
  }

  disconnect(): void {
    this.observed.clear();
  }

  shows(seq: number, intersectionRatio: number, heightPx = 40): void {
    const target = [...this.observed].find((element) => (element as HTMLElement).dataset.seq === String(seq));
    const isIntersecting = intersectionRatio > 0;
    const intersectionRect = { height: heightPx * intersectionRatio };
    this.tell([{ target, isIntersecting, intersectionRatio, intersectionRect, rootBounds: { height: 300 } }]);
  }
}

let marked: number[];
let visibility: DocumentVisibilityState;
beforeEach(() => {
  marked = [];
  visibility = "visible";
  vi.stubGlobal("IntersectionObserver", Screen);
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => visibility });
});

const client = { markRead: async (_id: string, seq: number) => void marked.push(seq) } as unknown as Client;
let newestVisible: () => number | undefined;

function List({ lookedAt }: { lookedAt: boolean }) {
  const list = useRef<HTMLDivElement>(null);
  newestVisible = useReading(client, "c1", list, "shown", lookedAt);
  return (
    <div ref={list}>
      {[1, 2, 3, 4].map((seq) => (
        <div key={seq} className={`message ${seq === 3 ? "own" : "other"}`} data-seq={seq} />
      ))}
    </div>
  );
}

const shows = (seq: number, ratio: number, heightPx?: number) =>
  does(() => Screen.current?.shows(seq, ratio, heightPx));

describe("a message of somebody else", () => {
  test("is read when enough of it is in view and somebody looks", async () => {
    render(<List lookedAt={true} />);
    await shows(1, 0.5);
    expect(marked).toEqual([]);
    await shows(1, 0.7);
    await shows(2, 1);
    expect(marked).toEqual([1, 2]);
    expect(newestVisible()).toBe(2);
  });

  test("is read when it is higher than the screen and fills most of it", async () => {
    render(<List lookedAt={true} />);
    await shows(4, 0.2, 1_200);
    expect(marked).toEqual([4]);
  });

  test("is not read while nobody looks at the panel, and is as soon as somebody does", async () => {
    const page = render(<List lookedAt={false} />);
    await shows(4, 1);
    expect(marked).toEqual([]);
    expect(newestVisible()).toBeUndefined();
    page.again(<List lookedAt={true} />);
    await shows(4, 1);
    expect(marked).toEqual([4]);
  });

  test("is not read while the page is hidden", async () => {
    visibility = "hidden";
    render(<List lookedAt={true} />);
    await shows(4, 1);
    expect(marked).toEqual([]);
    visibility = "visible";
    await does(() => document.dispatchEvent(new Event("visibilitychange")));
    await shows(4, 1);
    expect(marked).toEqual([4]);
  });

  test("that has left the screen does not count any more", async () => {
    render(<List lookedAt={true} />);
    await shows(4, 1);
    await shows(4, 0);
    expect(newestVisible()).toBeUndefined();
  });
});

test("own messages are not watched: there is nothing to read", () => {
  render(<List lookedAt={true} />);
  expect([...(Screen.current?.observed ?? [])].map((element) => (element as HTMLElement).dataset.seq)).toEqual([
    "1",
    "2",
    "4",
  ]);
});
