import { beforeEach, describe, expect, test } from "vitest";
import { forgetAccount, remember, rememberedAccount, signedInBy, thisDevice } from "../../src/chat/account.js";

function token(payload: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  return `${encode({ alg: "HS256" })}.${encode(payload)}.signature`;
}

beforeEach(() => {
  localStorage.clear();
  location.hash = "";
});

describe("a token", () => {
  test("tells whose it is, in whatever script", () => {
    expect(signedInBy(` ${token({ sub: "alice" })}\n`)).toEqual({ userId: "alice", token: token({ sub: "alice" }) });
    expect(signedInBy(token({ sub: "ánh?>~" }))?.userId).toBe("ánh?>~");
  });

  test.each(["", "hello", "a.b.c", token({}), token({ sub: 5 }), token({ sub: "" })])("is not this: %s", (text) => {
    expect(signedInBy(text)).toBeUndefined();
  });
});

describe("the account", () => {
  test("is the one of the last visit, until it is forgotten", () => {
    expect(rememberedAccount()).toBeUndefined();
    remember(token({ sub: "alice" }));
    expect(rememberedAccount()?.userId).toBe("alice");
    forgetAccount();
    expect(rememberedAccount()).toBeUndefined();
  });

  test("may come in the address, which then does not show it any more", () => {
    location.hash = `#token=${token({ sub: "bob" })}`;
    expect(rememberedAccount()?.userId).toBe("bob");
    expect(location.hash).toBe("#/chat");
  });
});

test("this browser is one device, and stays it", () => {
  const first = thisDevice();
  expect(first).toMatchObject({ type: "web", platform: "web" });
  expect(first.id).toMatch(/^web-[0-9a-f]{16}$/);
  expect(thisDevice()).toEqual(first);
});
