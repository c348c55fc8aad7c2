import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "./chromium.js";
import { Demo } from "./demo.js";
import { Device } from "./device.js";
import { sunset } from "./png.js";

const pictures = join(import.meta.dirname, "../target/pictures");
const names = ["alice/iphone", "alice/ipad", "alice/macbook", "bob/android", "bob/windows-pc"];
const picture = { name: "hoàng hôn.png", mimeType: "image/png", buffer: sunset(1_400, 1_050) };
const caption = "Hồ Tây chiều nay";

let demo: Demo;
let browser: Browser;
let page: Page;

const device = (name: string) => new Device(page, name);

/** The bytes that each PATCH has sent so far: where it began, and how many. */
const pieces: { readonly from: number; readonly bytes: number }[] = [];
let passing = Number.POSITIVE_INFINITY;

/** A network that loses what is uploaded, after a number of pieces. */
async function unreliably(route: Route): Promise<void> {
  const request = route.request();
  if (request.method() !== "PATCH") {
    return route.continue();
  }
  if (passing-- <= 0) {
    return route.abort("connectionreset");
  }
  const bytes = request.postDataBuffer()?.length ?? 0;
  pieces.push({ from: Number(request.headers()["upload-offset"]), bytes });
  return route.continue();
}

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  demo = await Demo.create();
  await demo.start();
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 1600, height: 1000 }, locale: "en-GB" });
  await page.route("**/v1/media/*", unreliably);
  await page.goto(demo.page);
});

afterAll(async () => {
  await browser?.close();
  await demo?.remove();
});

test("a picture is shown where it was picked while the network loses it", async () => {
  passing = 3;
  await device("alice/iphone").attach(picture, caption);
  const message = device("alice/iphone").part("message");
  await expect.poll(() => device("alice/iphone").part("outgoing-picture").count()).toBe(1);
  await expect.poll(() => pieces.length).toBe(3);
  await expect
    .poll(() => device("alice/iphone").part("upload-progress").getAttribute("value"))
    .toBe(String(pieces.reduce((sum, piece) => sum + piece.bytes, 0)));
  expect(await message.getAttribute("data-tick")).toBe("sending");
  await page.screenshot({ path: `${pictures}/uploading.png` });
});

test("what is written after it waits behind it", async () => {
  await device("alice/iphone").write("Đẹp không?");
  await expect.poll(() => device("alice/iphone").texts()).toEqual([caption, "Đẹp không?"]);
  expect(await device("alice/ipad").texts()).toEqual([]);
  await device("alice/iphone").part("message").last().waitFor();
});

test("the page is loaded again and the server killed: the upload goes on from where it was, and all devices show it", async () => {
  await page.reload();
  await expect.poll(() => device("alice/iphone").part("upload-progress").count()).toBe(1);
  await demo.kill();
  await demo.start();
  passing = Number.POSITIVE_INFINITY;

  for (const name of names) {
    await expect.poll(() => device(name).texts(), { message: name, timeout: 30_000 }).toEqual([caption, "Đẹp không?"]);
  }

  expect(pieces.length).toBeGreaterThan(3);
  let come = 0;
  for (const piece of pieces) {
    expect(piece.from).toBe(come);
    come += piece.bytes;
  }
  expect(come).toBe(picture.buffer.length);
  await device("alice/iphone").choose("Đẹp không?", "recall");
  await expect.poll(() => device("bob/android").texts()).toEqual([caption, "Message recalled"]);
});

test("it opens large, and what is downloaded are the bytes that were sent", async () => {
  await device("bob/windows-pc").part("picture").click();
  const lightbox = page.getByTestId("lightbox");
  await expect
    .poll(() => lightbox.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBe(1_400);
  await page.screenshot({ path: `${pictures}/lightbox.png` });
  const downloading = page.waitForEvent("download");
  await lightbox.getByLabel(/Download/).click();
  const downloaded = await downloading;
  expect(downloaded.suggestedFilename()).toBe(picture.name);
  expect(readFileSync(await downloaded.path()).equals(picture.buffer)).toBe(true);
  await page.keyboard.press("Escape");
  await expect.poll(() => lightbox.count()).toBe(0);
});

test("a file comes as a card, and is downloaded, whatever it is", async () => {
  const page1 = { name: "menu.html", mimeType: "text/html", buffer: Buffer.from("<script>alert(1)</script>") };
  await device("bob/android").attach(page1, "");
  const card = device("alice/macbook").part("file-card");
  await expect.poll(() => card.textContent()).toContain("menu.html");
  const downloading = page.waitForEvent("download");
  await card.getByRole("button").click();
  expect(readFileSync(await (await downloading).path(), "utf8")).toBe(`${page1.buffer}`);
  await page.screenshot({ path: `${pictures}/media.png` });
});

test("files are dropped and pasted, too", async () => {
  const ipad = device("alice/ipad");
  await ipad.part("conversation").evaluate((element) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["one"], "dropped.txt"));
    element.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  });
  await ipad.part("composer-input").evaluate((element) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(["two"], "pasted.txt"));
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await expect.poll(() => ipad.part("attached").textContent()).toMatch(/dropped\.txt.*pasted\.txt/);

  await ipad.write("both of them");

  const cards = device("bob/windows-pc").part("file-card");
  await expect.poll(() => cards.last().textContent()).toContain("pasted.txt");
  expect(await cards.allTextContents()).toEqual(expect.arrayContaining([expect.stringContaining("dropped.txt")]));
  expect((await device("bob/windows-pc").texts()).at(-1)).toBe("both of them");
});

test("an upload that is taken back is sent to nobody", async () => {
  passing = 0;
  await device("alice/iphone").attach({ ...picture, name: "oops.png" }, "");
  await device("alice/iphone").part("upload-cancel").click();
  await expect.poll(() => device("alice/iphone").part("upload-cancel").count()).toBe(0);
  passing = Number.POSITIVE_INFINITY;
  await device("alice/iphone").write("Thôi");
  await expect.poll(async () => (await device("bob/android").texts()).at(-1)).toBe("Thôi");
  expect(await device("bob/android").part("picture").count()).toBe(1);
});

test("what pretends to be a picture is refused, and says so", async () => {
  const broken = { name: "fake.png", mimeType: "image/png", buffer: Buffer.from("no picture at all") };
  await device("alice/iphone").attach(broken, "");
  const failed = device("alice/iphone").part("message").last();
  await expect.poll(() => failed.getAttribute("data-tick")).toBe("failed");
  expect(await failed.getByRole("alert").textContent()).toContain("image");
  await failed.getByTestId("discard").click();
  await expect.poll(() => device("alice/iphone").part("message").last().getAttribute("data-tick")).not.toBe("failed");
});

test("recalling the picture takes it from every device, and its URL is dead at once", async () => {
  const url = await device("bob/android").part("picture").getAttribute("src");
  await device("alice/iphone").choose(caption, "recall");
  for (const name of names) {
    await expect.poll(() => device(name).part("picture").count(), { message: name }).toBe(0);
    expect((await device(name).texts())[0]).toBe("Message recalled");
  }
  expect((await fetch(new URL(`${url}`, demo.page))).status).toBe(404);
});
