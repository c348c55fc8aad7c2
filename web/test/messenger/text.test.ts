import { describe, expect, test } from "vitest";
import { initialOf, isEmojiOnly, pieces } from "../../src/messenger/text.js";

describe("a message of emoji alone", () => {
  test.each(["🎉", "🎉🎉 🎉", "👨‍👩‍👧‍👦", "🇻🇳", "👍🏽", "❤️", "1️⃣", " 🕊️\n"])("is drawn big: %s", (content) => {
    expect(isEmojiOnly(content)).toBe(true);
  });

  test.each(["", "  ", "1", "#", "*", "chào 🎉", "🎉!", "🎉🎉🎉🎉🎉🎉🎉", "©"])("is not this: %s", (content) => {
    expect(isEmojiOnly(content)).toBe(false);
  });
});

describe("the pieces of a text", () => {
  const links = (content: string) => pieces(content).flatMap((piece) => piece.href ?? []);

  test("put together are the text again", () => {
    const content = "Xem https://example.org/a?b=c, rồi http://example.com. Nhé!";
    expect(
      pieces(content)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(content);
  });

  test("are addresses without the punctuation that ends the sentence", () => {
    expect(links("(see https://example.org/a?b=c), and http://example.com.")).toEqual([
      "https://example.org/a?b=c",
      "http://example.com",
    ]);
  });

  test.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://", "www.example.org"])(
    "are never links to anything else: %s",
    (content) => {
      expect(links(content)).toEqual([]);
    },
  );
});

test("the letter for a name is a whole one", () => {
  expect(initialOf("ánh")).toBe("Á");
  expect(initialOf("a\u0301nh")).toBe("A\u0301");
  expect(initialOf("👨‍👩‍👧 nhà")).toBe("👨‍👩‍👧");
  expect(initialOf("  ")).toBe("?");
});
