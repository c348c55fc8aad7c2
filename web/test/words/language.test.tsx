import { beforeEach, describe, expect, test } from "vitest";
import { en } from "../../src/words/en.js";
import { LanguageProvider, LanguageSwitch, preferredLanguage, useWords } from "../../src/words/language.js";
import { vi } from "../../src/words/vi.js";
import { does, render } from "../render.js";

function Word() {
  return <b>{useWords().devices}</b>;
}

beforeEach(() => localStorage.clear());

describe("the language", () => {
  test("is the one that was chosen, else the browser's, else English", () => {
    expect(preferredLanguage(null, "vi-VN")).toBe("vi");
    expect(preferredLanguage(null, "VI")).toBe("vi");
    expect(preferredLanguage(null, "de")).toBe("en");
    expect(preferredLanguage("en", "vi")).toBe("en");
    expect(preferredLanguage("klingon", "vi")).toBe("vi");
  });

  test("is switched, remembered, and told to the browser", async () => {
    const page = render(
      <LanguageProvider>
        <Word />
        <LanguageSwitch />
      </LanguageProvider>,
    );
    expect(page.element.querySelector("b")?.textContent).toBe(en.devices);
    await does(() => page.find("language").click());
    expect(page.element.querySelector("b")?.textContent).toBe(vi.devices);
    expect(document.documentElement.lang).toBe("vi");
    expect(localStorage.getItem("bocau.language")).toBe("vi");
  });

  test("has a text for everything", () => {
    const empty = (words: object): string[] =>
      Object.entries(words).flatMap(([key, text]) =>
        typeof text === "object" && text !== null ? empty(text as object) : text === "" ? [key] : [],
      );
    expect(empty(en)).toEqual([]);
    expect(empty(vi)).toEqual([]);
  });
});
