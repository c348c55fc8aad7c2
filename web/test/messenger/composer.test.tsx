import { OutboxFull } from "@bocau/client";
import { useState } from "react";
import { describe, expect, test } from "vitest";
import { Composer } from "../../src/messenger/Composer.js";
import type { Draft } from "../../src/messenger/draft.js";
import { does, presses, render, types } from "../render.js";

interface Options {
  readonly editing?: { readonly id: string; readonly content: string };
  readonly refuse?: Error;
  readonly files?: readonly File[];
  /** Of the sends, this one is refused too. */
  readonly refuseFile?: string;
  readonly sent?: string[];
  readonly saved?: string[];
}

function WithDraft({ editing: first, refuse, files = [], refuseFile, sent, saved }: Options) {
  const [draft, setDraft] = useState<Draft>({ text: "", files });
  const [editing, setEditing] = useState(first);
  return (
    <Composer
      draft={draft}
      editing={editing}
      autoFocus={false}
      onDraft={setDraft}
      onSend={async (content, file) => {
        if (refuse && (refuseFile === undefined || refuseFile === file?.name)) {
          throw refuse;
        }
        sent?.push(file ? `${file.name}: ${content}` : content);
      }}
      onSave={async (content) => {
        saved?.push(content);
        setEditing(undefined);
      }}
      onCancelEdit={() => setEditing(undefined)}
    />
  );
}

function composer(options: Options = {}) {
  const sent: string[] = [];
  const saved: string[] = [];
  const page = render(<WithDraft {...options} sent={sent} saved={saved} />);
  return { sent, saved, page, input: page.find<HTMLTextAreaElement>("composer-input") };
}

describe("Enter", () => {
  test("sends what was written, without the blanks around it, and clears it", async () => {
    const { input, sent } = composer();
    await does(() => types(input, "  Xin chào 🕊️ \n"));
    await does(() => presses(input, "Enter"));
    expect(sent).toEqual(["Xin chào 🕊️"]);
    expect(input.value).toBe("");
  });

  test("with Shift is a new line", async () => {
    const { input, sent } = composer();
    await does(() => types(input, "one"));
    let prevented = true;
    await does(() => {
      prevented = presses(input, "Enter", { shiftKey: true }).defaultPrevented;
    });
    expect(prevented).toBe(false);
    expect(sent).toEqual([]);
  });

  test.each([{ isComposing: true }, { keyCode: 229 }])(
    "that ends a composition does not send: %o",
    async (composing) => {
      const { input, sent } = composer();
      await does(() => types(input, "chao2"));
      await does(() => presses(input, "Enter", composing));
      expect(sent).toEqual([]);
      expect(input.value).toBe("chao2");
    },
  );

  test("on nothing but blanks sends nothing", async () => {
    const { input, sent, page } = composer();
    await does(() => types(input, "  \n "));
    await does(() => presses(input, "Enter"));
    expect(sent).toEqual([]);
    expect(page.find<HTMLButtonElement>("send-button").disabled).toBe(true);
  });
});

test("the button sends, too", async () => {
  const { input, sent, page } = composer();
  await does(() => types(input, "hello"));
  await does(() => page.find("send-button").click());
  expect(sent).toEqual(["hello"]);
});

test("what could not even be stored is still there, with the reason", async () => {
  const { input, page } = composer({ refuse: new OutboxFull("full") });
  await does(() => types(input, "precious"));
  await does(() => presses(input, "Enter"));
  expect(input.value).toBe("precious");
  expect(page.element.querySelector("[role=alert]")?.textContent).toBe("Too many messages are waiting already");
});

describe("editing", () => {
  test("starts from the message and saves instead of sending", async () => {
    const { input, sent, saved } = composer({ editing: { id: "m1", content: "old" } });
    expect(input.value).toBe("old");
    await does(() => types(input, "new"));
    await does(() => presses(input, "Enter"));
    expect(saved).toEqual(["new"]);
    expect(sent).toEqual([]);
    expect(input.value).toBe("");
  });

  test("is left with Escape, but not while composing", async () => {
    const { input, saved } = composer({ editing: { id: "m1", content: "old" } });
    await does(() => presses(input, "Escape", { isComposing: true }));
    expect(input.value).toBe("old");
    await does(() => presses(input, "Escape"));
    expect(input.value).toBe("");
    expect(saved).toEqual([]);
  });
});

describe("files", () => {
  const files = [new File(["1"], "one.txt"), new File(["2"], "two.txt"), new File(["3"], "three.txt")];

  test("are sent in their order, what was written with the last of them", async () => {
    const { input, sent, page } = composer({ files });
    await does(() => types(input, "all three"));
    await does(() => page.find("send-button").click());
    expect(sent).toEqual(["one.txt: ", "two.txt: ", "three.txt: all three"]);
    expect(page.has("attached")).toBe(false);
  });

  test("need nothing written with them", async () => {
    const { sent, page } = composer({ files: files.slice(0, 1) });
    await does(() => page.find("send-button").click());
    expect(sent).toEqual(["one.txt: "]);
  });

  test("that could not be sent stay, with what was written", async () => {
    const noRoom = new DOMException("full", "QuotaExceededError");
    const { input, sent, page } = composer({ files, refuse: noRoom, refuseFile: "two.txt" });
    await does(() => types(input, "all three"));
    await does(() => page.find("send-button").click());
    expect(sent).toEqual(["one.txt: "]);
    expect(input.value).toBe("all three");
    expect(page.find("attached").textContent).toContain("two.txt");
    expect(page.find("attached").textContent).not.toContain("one.txt");
    expect(page.element.querySelector("[role=alert]")?.textContent).toContain("no room");
  });

  test("can be taken away again", async () => {
    const { page, sent } = composer({ files: files.slice(0, 2) });
    await does(() => page.element.querySelector<HTMLElement>('[aria-label="Remove one.txt"]')?.click());
    await does(() => page.find("send-button").click());
    expect(sent).toEqual(["two.txt: "]);
  });
});
