import type { Message } from "@bocau/client";
import { describe, expect, test } from "vitest";
import { Bubble } from "../../src/messenger/Bubble.js";
import { message, noon, own } from "../messages.js";
import { does, presses, type Rendered, render } from "../render.js";

function bubble(shown: Message): { page: Rendered; actions: string[] } {
  const actions: string[] = [];
  const placed = { message: shown, newDay: false, firstUnread: false, joinsAbove: false, joinsBelow: false };
  const page = render(
    <ol>
      <Bubble placed={placed} sender={undefined} onAction={(action) => actions.push(action)} />
    </ol>,
  );
  return { page, actions };
}

async function menuOf(shown: Message): Promise<readonly string[]> {
  const { page } = bubble(shown);
  await does(() => page.find("message-menu").click());
  return [...page.element.querySelectorAll("[role=menuitem]")].map((item) => item.textContent ?? "");
}

describe("a message on the screen", () => {
  test("tells a reader of the page what it is", () => {
    const { page } = bubble(own(7, { tick: "delivered" }));
    const { dataset } = page.find("message");
    expect(dataset).toMatchObject({ seq: "7", localId: "l7", tick: "delivered" });
    expect(page.element.querySelector("[role=img]")?.getAttribute("aria-label")).toBe("Delivered");
  });

  test("that was recalled says so instead of its content", () => {
    const { page } = bubble(message(1, { content: "", recalledAt: noon }));
    expect(page.find("message").textContent).toContain("Message recalled");
  });

  test("never becomes markup", () => {
    const { page } = bubble(message(1, { content: "<img src=x onerror=alert(1)>" }));
    expect(page.element.querySelector("img")).toBeNull();
    expect(page.find("message").textContent).toContain("<img src=x onerror=alert(1)>");
  });

  test("that was refused says why, and can be tried again or discarded", async () => {
    const failure = { code: 4030, reason: "not a member" };
    const { page, actions } = bubble(own(1, { tick: "failed", failure }));
    expect(page.element.querySelector("[role=alert]")?.textContent).toContain("not a member");
    await does(() => page.find("retry").click());
    await does(() => page.find("discard").click());
    expect(actions).toEqual(["retry", "discard"]);
  });
});

describe("the menu of a message", () => {
  test("offers what can be done with it", async () => {
    expect(await menuOf(own(1))).toEqual(["Copy", "Edit", "Recall", "Who has read it"]);
    expect(await menuOf(message(1))).toEqual(["Copy"]);
    expect(await menuOf(own(1, { kind: "image" }))).toEqual(["Copy", "Edit", "Recall", "Who has read it"]);
    expect(await menuOf(own(1, { kind: "image", content: "" }))).toEqual(["Recall", "Who has read it"]);
    const { id: _id, seq: _seq, ...waiting } = own(1, { tick: "sending" });
    expect(await menuOf(waiting)).toEqual(["Copy"]);
    expect(await menuOf(own(1, { change: { kind: "edit", localId: "x" } }))).toEqual(["Copy", "Who has read it"]);
  });

  test("is not there where nothing can be done", () => {
    expect(bubble(own(1, { recalledAt: noon })).page.has("message-menu")).toBe(false);
  });

  test("is walked through with the arrows, and left with Escape to where one was", async () => {
    const { page, actions } = bubble(own(1));
    const button = page.find("message-menu");
    await does(() => button.click());
    const focused = () => document.activeElement as HTMLElement;
    expect(focused().textContent).toBe("Copy");
    await does(() => presses(focused(), "ArrowUp"));
    expect(focused().textContent).toBe("Who has read it");
    await does(() => presses(focused(), "ArrowDown"));
    await does(() => presses(focused(), "ArrowDown"));
    expect(focused().textContent).toBe("Edit");
    await does(() => presses(focused(), "Escape"));
    expect(focused()).toBe(button);
    expect(page.element.querySelector("[role=menu]")).toBeNull();
    await does(() => button.click());
    await does(() => page.find("action-recall").click());
    expect(actions).toEqual(["recall"]);
  });
});
