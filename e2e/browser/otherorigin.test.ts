import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type * as Sdk from "@bocau/client";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "./chromium.js";
import { Demo } from "./demo.js";

const modules = join(import.meta.dirname, "../../node_modules");
const html = `<!doctype html><title>An app</title><script type="importmap">
{"imports": {"@bocau/client": "/@bocau/client/dist/index.js", "idb": "/idb/build/index.js"}}</script>
<script type="module">globalThis.sdk = await import("@bocau/client");</script>`;

/** An app whose pages come from a server of its own: nothing but an empty page and the SDK, as it is published. */
class OtherOrigin {
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((asked, answer) => {
      const path = asked.url ?? "/";
      if (path.endsWith(".js")) {
        answer.setHeader("content-type", "text/javascript").end(readFileSync(join(modules, path)));
      } else {
        answer.setHeader("content-type", "text/html").end(html);
      }
    });
  }

  static async open(): Promise<OtherOrigin> {
    const origin = new OtherOrigin();
    origin.#server.listen(0, "127.0.0.1");
    await once(origin.#server, "listening");
    return origin;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let demo: Demo;
let app: OtherOrigin;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  demo = await Demo.create();
  app = await OtherOrigin.open();
  browser = await launch();
  page = await browser.newPage();
  await page.goto(app.url);
  await page.waitForFunction("globalThis.sdk !== undefined");
});

afterAll(async () => {
  await browser?.close();
  app?.close();
  await demo?.remove();
});

interface Sender {
  readonly server: string;
  readonly token: string;
  readonly content: string;
}

/** In the page: sends a message with a file, asks over REST what has become of it, and fetches what it carries. */
async function sendAndLookBack({ server, token, content }: Sender): Promise<string> {
  const { Client, memoryStore } = (globalThis as unknown as { readonly sdk: typeof Sdk }).sdk;
  const client = new Client({
    server,
    userId: "alice",
    device: { id: "app", type: "web", platform: "web", appVersion: "1" },
    token: async () => token,
    store: memoryStore(),
  });
  try {
    client.start();
    await client.send("alice-bob", content, { file: new File([content], "chào.txt") });
    for (;;) {
      const history = await client.history("alice-bob", 1_000);
      const id = history.find((message) => message.content === content)?.id;
      if (id !== undefined) {
        const { messageId } = await client.status("alice-bob", id);
        const { original } = await client.mediaUrls("alice-bob", messageId);
        return await (await fetch(original)).text();
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await client.stop();
  }
}

test("a page of another origin speaks to the server with the SDK, REST included", async () => {
  await demo.start({ BOCAU_CORS_ORIGINS: app.url });
  const sender = {
    server: demo.page.replace(/\/$/, ""),
    token: await demo.token("alice"),
    content: "Chào từ một trang khác",
  };

  expect(await page.evaluate(sendAndLookBack, sender)).toBe(sender.content);
});

test("the page of an origin that is not configured does not", async () => {
  await demo.kill();
  await demo.start({ BOCAU_CORS_ORIGINS: "https://chat.example.org" });
  const connect = `${demo.page}v1/connect`;

  expect(await page.evaluate((url) => fetch(url).then(String, String), connect)).toContain("TypeError");
});
