import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "./chromium.js";
import { Demo } from "./demo.js";
import { Device } from "./device.js";
import { Middlebox } from "./middlebox.js";

const names = ["alice/iphone", "alice/ipad", "alice/macbook", "bob/android", "bob/windows-pc"];
const written: string[] = [];

let demo: Demo;
let box: Middlebox;
let browser: Browser;
let page: Page;

async function write(on: string, text: string): Promise<void> {
  written.push(text);
  await new Device(page, on).write(text);
}

async function expectInStep(): Promise<void> {
  for (const name of names) {
    const device = new Device(page, name);
    await expect.poll(() => device.connection(), { message: name }).toBe("online");
    await expect.poll(() => device.texts(), { message: name }).toEqual(written);
  }
}

beforeAll(async () => {
  demo = await Demo.create();
  box = await Middlebox.before(demo.realtimePort);
  await demo.start({ BOCAU_WEBSOCKET_URL: `ws://${box.address}/ws` });
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 1600, height: 1000 }, locale: "en-GB" });
  await page.goto(demo.page);
});

afterAll(async () => {
  await browser?.close();
  box?.close();
  await demo?.remove();
});

test("where no WebSocket gets through, the devices poll, and everything is as ever", async () => {
  await write("alice/iphone", "Mạng công ty chặn WebSocket 🙄");
  await expectInStep();
  await write("bob/android", "Vẫn nhận được mà!");
  await expectInStep();
  await expect.poll(() => new Device(page, "bob/android").tickOf("Vẫn nhận được mà!")).toMatch(/delivered|read/);
  expect(box.webSockets).toBe(0);
  expect(box.passed.get("/poll")).toBeGreaterThan(names.length);
});

test("what was written while nothing got through arrives when polling works again", async () => {
  await demo.kill();
  await expect.poll(() => new Device(page, "alice/iphone").connection()).not.toBe("online");
  await write("alice/iphone", "Alô?");
  await demo.start({ BOCAU_WEBSOCKET_URL: `ws://${box.address}/ws` });
  await expectInStep();
  expect(box.webSockets).toBe(0);
});

test("they go back to WebSockets when those get through again", async () => {
  box.blocksWebSockets = false;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));

  await expect.poll(() => box.webSockets).toBe(names.length);
  await write("alice/macbook", "Về nhà rồi");
  await expectInStep();
});
