import { generateKeyPairSync } from "node:crypto";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "./chromium.js";
import { Demo } from "./demo.js";

/** What the service worker does with a push. Chromium's own push service is on the internet: the pushes come from its debugger. */

let demo: Demo;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let debugging: CDPSession;
let registrationId: string;

beforeAll(async () => {
  demo = await Demo.create();
  await demo.start({ ...vapid(), BOCAU_PUSH_WEB_CONTACT: "mailto:post@example.org" });
  browser = await launch();
  context = await browser.newContext({ locale: "en-GB" });
  page = await context.newPage();
  await page.goto(`${demo.page}#token=${await tokenOf("bob")}`);
  await page.getByTestId("notify").waitFor();
});

afterAll(async () => {
  await browser?.close();
  await demo?.remove();
});

function vapid(): Record<string, string> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "", d = "" } = privateKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return { BOCAU_PUSH_WEB_PUBLIC_KEY: point.toString("base64url"), BOCAU_PUSH_WEB_PRIVATE_KEY: d };
}

async function tokenOf(userId: string): Promise<string> {
  const answer = await fetch(`${demo.page}v1/demo/tokens`, { method: "POST", body: JSON.stringify({ userId }) });
  return ((await answer.json()) as { token: string }).token;
}

/** The notifications of the page, as it sees them. */
function notifications(): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ tag, title, body }) => `${tag}: ${title}: ${body}`);
  });
}

async function push(message: Record<string, string>): Promise<void> {
  const origin = demo.page.replace(/\/$/, "");
  await debugging.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data: JSON.stringify(message) });
}

const arrived = {
  type: "message",
  conversationId: "weekend",
  title: "Weekend",
  senderId: "alice",
  senderName: "Alice",
};

test("who wants to be notified gets a service worker", async () => {
  await context.grantPermissions(["notifications"], { origin: demo.page });
  debugging = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    debugging.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const known = registrations.find(({ scopeURL }) => scopeURL === demo.page);
      if (known !== undefined) {
        resolve(known.registrationId);
      }
    });
  });
  await debugging.send("ServiceWorker.enable");
  await page.getByTestId("notify").click();
  registrationId = await registered;
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => active?.state)))
    .toBe("activated");
});

test("a push is shown, once for each conversation, the newest in place of the one before", async () => {
  await push({ ...arrived, count: "1", badge: "1" });
  await expect.poll(notifications).toEqual(["weekend: Weekend · Alice: 1 unread message"]);
  await push({ ...arrived, count: "2", badge: "2", content: "Đi đâu đây?" });
  await expect.poll(notifications).toEqual(["weekend: Weekend · Alice: Đi đâu đây?"]);
  await push({ ...arrived, conversationId: "alice-bob", title: "", count: "1", badge: "3" });
  await expect
    .poll(async () => [...(await notifications())].sort())
    .toEqual(["alice-bob: Alice: 1 unread message", "weekend: Weekend · Alice: Đi đâu đây?"]);
});

test("what was read elsewhere is taken back", async () => {
  await push({ type: "taken_back", conversationId: "weekend", badge: "1" });
  await expect.poll(notifications).toEqual(["alice-bob: Alice: 1 unread message"]);
});

test("the bell mutes a conversation, and a second look finds it muted", async () => {
  await page.goto(`${demo.page}#/chat/weekend`);
  const bell = page.getByTestId("mute");
  await bell.click();
  await expect.poll(() => bell.getAttribute("aria-pressed")).toBe("true");
  await page.reload();
  await expect.poll(() => bell.getAttribute("aria-pressed")).toBe("true");
  await bell.click();
  await expect.poll(() => bell.getAttribute("aria-pressed")).toBe("false");
});
