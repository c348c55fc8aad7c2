import type { Locator, Page } from "playwright-core";

/** A message as a device shows it. */
export interface Shown {
  readonly seq: string | null;
  readonly text: string;
  readonly tick: string | null;
}

/** One of the devices on the demo page, as its user handles it. */
export class Device {
  readonly #root: Locator;

  constructor(
    page: Page,
    readonly name: string,
  ) {
    this.#root = page.locator(`[data-device="${name}"]`);
  }

  part(testId: string): Locator {
    return this.#root.getByTestId(testId);
  }

  async write(text: string): Promise<void> {
    await this.part("composer-input").fill(text);
    await this.part("send-button").click();
  }

  /** Picks a file and sends it with what is written about it. */
  async attach(file: { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }, caption = "") {
    await this.part("file-input").setInputFiles(file);
    await this.write(caption);
  }

  async takeInHand(): Promise<void> {
    if ((await this.part("in-hand").getAttribute("aria-pressed")) === "false") {
      await this.part("in-hand").click();
    }
  }

  async putAside(): Promise<void> {
    if ((await this.part("in-hand").getAttribute("aria-pressed")) === "true") {
      await this.part("in-hand").click();
    }
  }

  async flipConnection(): Promise<void> {
    await this.part("offline-switch").click();
  }

  async choose(text: string, action: "edit" | "recall"): Promise<void> {
    const message = this.part("message").filter({ hasText: text });
    await message.hover();
    await message.getByTestId("message-menu").click();
    await message.getByTestId(`action-${action}`).click();
  }

  async connection(): Promise<string | null> {
    return this.part("connection-state").first().getAttribute("data-state");
  }

  async unread(): Promise<string | null> {
    return this.part("unread-badge").first().getAttribute("data-count");
  }

  /** What it shows, from the oldest to the newest. */
  async messages(): Promise<Shown[]> {
    return this.part("message").evaluateAll((messages) =>
      messages.map((message) => ({
        seq: message.getAttribute("data-seq"),
        text: message.querySelector(".content")?.textContent ?? "",
        tick: message.getAttribute("data-tick"),
      })),
    );
  }

  async texts(): Promise<string[]> {
    return (await this.messages()).map((message) => message.text);
  }

  /** Each message with its place in the conversation, which it has from its ✓ on. */
  async places(): Promise<string[]> {
    return (await this.messages()).map(({ seq, text }) => `${seq} ${text}`);
  }

  async tickOf(text: string): Promise<string | null | undefined> {
    return (await this.messages()).find((message) => message.text === text)?.tick;
  }
}
