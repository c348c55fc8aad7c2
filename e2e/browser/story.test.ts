import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "./chromium.js";
import { Demo } from "./demo.js";
import { Device } from "./device.js";

const pictures = join(import.meta.dirname, "../target/pictures");
const alices = ["alice/iphone", "alice/ipad", "alice/macbook"];
const bobs = ["bob/android", "bob/windows-pc"];
const hello = "Chào Bob, tối nay đi ăn phở không? 🍜";
const written: string[] = [];

let demo: Demo;
let browser: Browser;
let page: Page;

function device(name: string): Device {
  return new Device(page, name);
}

async function write(on: string, text: string): Promise<void> {
  written.push(text);
  await device(on).write(text);
}

/** Every device shows the same messages in the same places, in the end also the one that wrote them. */
async function expectInStep(names: readonly string[] = [...alices, ...bobs]): Promise<void> {
  const places = written.map((text, i) => `${i + 1} ${text}`);
  for (const name of names) {
    await expect.poll(() => device(name).places(), { message: name }).toEqual(places);
  }
}

async function expectTicks(text: string, tick: string): Promise<void> {
  for (const name of alices) {
    await expect.poll(() => device(name).tickOf(text), { message: name }).toBe(tick);
  }
}

function picture(name: string): Promise<Buffer> {
  return page.screenshot({ path: `${pictures}/${name}.png` });
}

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  demo = await Demo.create();
  await demo.start();
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 1600, height: 1000 }, locale: "en-GB", deviceScaleFactor: 1 });
  await page.goto(demo.page);
});

afterAll(async () => {
  await browser?.close();
  await demo?.remove();
});

test("what is written on one device is on all devices of both", async () => {
  for (const name of [...alices, ...bobs]) {
    await expect.poll(() => device(name).connection(), { message: name }).toBe("online");
  }
  await device("bob/android").putAside();
  await device("bob/windows-pc").putAside();

  await write("alice/iphone", hello);

  await expectInStep();
});

test("ticks go from delivered to read, on all devices of the one who wrote", async () => {
  await expectTicks(hello, "delivered");
  await expect.poll(() => device("bob/windows-pc").unread()).toBe("1");

  await device("bob/android").takeInHand();

  await expectTicks(hello, "read");
  await expect.poll(() => device("bob/windows-pc").unread()).toBe("0");
  await expect.poll(() => device("bob/windows-pc").part("read-on").textContent()).toContain("Android");
});

test("a device that was off catches up, and what was written on it meanwhile arrives once", async () => {
  await device("alice/macbook").flipConnection();
  await expect.poll(() => device("alice/macbook").connection()).toBe("offline");
  await write("bob/android", "Đi chứ! Mấy giờ?");
  await expect.poll(() => device("alice/iphone").texts()).toEqual(written);
  await write("alice/iphone", "7 giờ nhé");
  await expect.poll(() => device("bob/android").texts()).toEqual(written);
  expect(await device("alice/macbook").texts()).toEqual([hello]);
  await write("alice/macbook", "Mình mang ô theo ☔");
  await expect.poll(() => device("alice/macbook").tickOf("Mình mang ô theo ☔")).toBe("sending");

  await device("alice/macbook").flipConnection();

  await expectInStep();
});

test("a device that is added later gets the history", async () => {
  const account = page.locator('[data-user="alice"]');
  await account.getByTestId("add-device").click();
  await account.getByTestId("add-tablet").click();
  await expect.poll(() => account.locator("[data-device]").count()).toBe(4);
  const name = await account.locator("[data-device]").last().getAttribute("data-device");

  await expectInStep([...alices, ...bobs, `${name}`]);

  await device(`${name}`).part("remove-device").click();
  await expect.poll(() => account.locator("[data-device]").count()).toBe(3);
});

test("an edit and a recall reach every device", async () => {
  await device("alice/iphone").choose("7 giờ nhé", "edit");
  await device("alice/iphone").write("7 giờ rưỡi nhé");
  written[written.indexOf("7 giờ nhé")] = "7 giờ rưỡi nhé";
  await expectInStep();

  await device("alice/macbook").choose("Mình mang ô theo ☔", "recall");
  written[written.indexOf("Mình mang ô theo ☔")] = "Message recalled";
  await expectInStep();
});

test("the server is killed in the middle: nothing on the page is lost, and what was written meanwhile arrives", async () => {
  await write("bob/windows-pc", "Đặt bàn rồi 🎉");
  await expect.poll(() => device("bob/windows-pc").tickOf("Đặt bàn rồi 🎉")).toMatch(/sent|delivered|read/);
  await demo.kill();
  await expect.poll(() => device("bob/windows-pc").connection()).not.toBe("online");
  await write("bob/windows-pc", "Alô? Server chết rồi à?");
  await expect.poll(() => device("bob/windows-pc").tickOf("Alô? Server chết rồi à?")).toBe("sending");
  await picture("server-away");

  await demo.start();

  await expectInStep();
  await write("alice/iphone", "Vẫn còn đủ cả 👍");
  await expectInStep();
  await expectTicks("Vẫn còn đủ cả 👍", "read");
});

test("a reload shows the same, and the server can be killed meanwhile", async () => {
  await picture("demo");
  await demo.kill();
  await demo.start();

  await page.reload();

  await expectInStep();
});

test("the interface speaks Vietnamese", async () => {
  await page.getByTestId("language").click();
  await expect.poll(() => page.locator("html").getAttribute("lang")).toBe("vi");
  await picture("vietnamese");
  await page.getByTestId("language").click();
});

test("it fits a phone", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await expectInStep();
  await picture("phone");
});
