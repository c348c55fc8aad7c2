import { OutboxFull } from "@bocau/client";
import { useState } from "react";
import { describe, expect, test } from "vitest";
import { Composer } from "../../src/messenger/Composer.js";
import { does, presses, render, types } from "../render.js";

interface Options {
  readonly editing?: { readonly id: string; readonly content: string };
  readonly refuse?: Error;
  readonly sent?: string[];
  readonly saved?: string[];
}

function WithDraft({ editing: first, refuse, sent, saved }: Options) {
  const [draft, setDraft] = useState("");
  const [editing, setEditing] = useState(first);
  return (
    <Composer
      draft={draft}
      editing={editing}
      autoFocus={false}
      onDraft={setDraft}
      onSend={async (content) => {
        if (refuse) {
          throw refuse;
        }
        sent?.push(content);
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
