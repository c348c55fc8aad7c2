import { describe, expect, test } from "vitest";
import { sizeOf } from "../../src/attachments/size.js";

describe("a size", () => {
  test.each([
    [0, "0 byte"],
    [999, "999 byte"],
    [1_000, "1 kB"],
    [1_540, "1.5 kB"],
    [15_400, "15 kB"],
    [2_400_000, "2.4 MB"],
    [1_073_741_824, "1.1 GB"],
    [5_000_000_000_000, "5,000 GB"],
  ])("of %i bytes reads %s", (bytes, read) => expect(sizeOf(bytes, "en")).toBe(read));

  test("is written as people of the language do", () => expect(sizeOf(1_540, "vi")).toBe("1,5 kB"));
});
