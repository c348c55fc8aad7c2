import { describe, expect, test } from "vitest";
import { connected, conversation, page, snapshot } from "../frames.js";
import { received, talking, ticks } from "./answers.js";
import { settled } from "./clock.js";
import { MediaServer } from "./mediaserver.js";
import { Talk } from "./talk.js";

const kib = 1024;

/** Reading a Blob takes turns that are not counted. */
async function eventually(assertion: () => unknown): Promise<void> {
  for (let turn = 0; ; turn++) {
    await settled();
    try {
      await assertion();
      return;
    } catch (failure) {
      if (turn > 200) {
        throw failure;
      }
    }
  }
}

function file(bytes: number, name = "phở.bin", type = "application/octet-stream"): File {
  return new File([Uint8Array.from({ length: bytes }, (_, index) => index % 251)], name, { type });
}

async function come(media: MediaServer, id: string): Promise<Blob> {
  return new Blob([new Uint8Array(media.uploads.get(id)?.come ?? [])]);
}

async function same(a: Blob, b: Blob): Promise<boolean> {
  return Buffer.from(await a.arrayBuffer()).equals(Buffer.from(await b.arrayBuffer()));
}

describe("a message with a file", () => {
  test("is sent when the server has all of the file, in pieces that grow", async () => {
    const media = new MediaServer();
    const { talk, server } = await talking({ media: media.answer });
    const picked = file(300 * kib);
    const sent = await talk.client.send("c1", "Ăn gì?", { file: picked });
    expect(sent).toMatchObject({
      kind: "file",
      tick: "sending",
      file: { name: "phở.bin", type: "application/octet-stream", bytes: 300 * kib, uploaded: 0 },
    });
    await eventually(() => expect(media.requests).toHaveLength(4));
    expect(media.requests).toEqual([
      "POST",
      "PATCH upload-1 0",
      `PATCH upload-1 ${64 * kib}`,
      `PATCH upload-1 ${192 * kib}`,
    ]);
    expect(await same(await come(media, "upload-1"), picked)).toBe(true);
    expect(Buffer.from(media.uploads.get("upload-1")?.name ?? "", "latin1").toString()).toBe("phở.bin");
    expect(await server.expects({})).toMatchObject({
      type: "send_message",
      kind: "file",
      content: "Ăn gì?",
      mediaId: "upload-1",
    });
    const found = { id: "upload-1", name: "phở.bin", type: "application/octet-stream", bytes: 300 * kib };
    await server.sends(received("local-1", 1, { media: found }));
    const [shown] = await talk.client.messages("c1");
    expect(shown).toMatchObject({ key: "local-1", tick: "sent", media: found });
    expect(shown?.file).toBeUndefined();
    expect(await talk.client.file("local-1")).toBeUndefined();
  });

  test("is a picture where the file calls itself one that the server looks into", async () => {
    const { talk } = await talking({ media: new MediaServer().answer });
    const kinds = ["image/png", "image/jpeg", "image/svg+xml", "text/html"].map(async (type) => {
      return (await talk.client.send("c1", "", { file: file(1, "a", type) })).kind;
    });
    expect(await Promise.all(kinds)).toEqual(["image", "image", "file", "file"]);
  });

  test("shows how far its file has come", async () => {
    const media = new MediaServer();
    const { talk } = await talking({ media: media.answer });
    const seen: (number | undefined)[] = [];
    talk.client.on("changed", async () => {
      seen.push((await talk.client.messages("c1"))[0]?.file?.uploaded);
    });
    await talk.client.send("c1", "", { file: file(100 * kib) });
    await eventually(() => expect(seen.at(-1)).toBe(100 * kib));
    expect(seen).toContain(64 * kib);
  });

  test("holds back what is sent after it into its conversation, and nothing else", async () => {
    const media = new MediaServer();
    media.mishaps.push({ status: 503, code: 4302, retryAfterMs: 5_000 });
    const { talk, server } = await talking({ media: media.answer });
    await talk.client.send("c1", "look", { file: file(10) });
    await talk.client.send("c1", "nice?");
    await talk.client.send("c2", "elsewhere");
    await talk.client.recall("c1", "m1");
    await server.expects({ type: "send_message", conversationId: "c2" });
    await server.expects({ type: "recall_message", messageId: "m1" });
    await server.expectsNothing();
    await talk.clock.passes(5_000);
    await eventually(() => server.expects({ type: "send_message", content: "look" }));
    await server.expects({ type: "send_message", content: "nice?" });
  });
});

describe("an upload that is cut off", () => {
  test("goes on from what has come", async () => {
    const media = new MediaServer();
    const { talk, server } = await talking({ media: media.answer });
    const picked = file(300 * kib);
    media.mishaps.push("none", "none", "cut", "away");
    await talk.client.send("c1", "", { file: picked });
    await eventually(() => expect(media.requests).toHaveLength(3));
    await eventually(async () => {
      await talk.clock.passes(1_000);
      expect(await same(await come(media, "upload-1"), picked)).toBe(true);
    });
    expect(media.requests).toEqual([
      "POST",
      "PATCH upload-1 0",
      `PATCH upload-1 ${64 * kib}`,
      "HEAD upload-1",
      "HEAD upload-1",
      `PATCH upload-1 ${128 * kib}`,
      `PATCH upload-1 ${256 * kib}`,
    ]);
    await eventually(() => server.expects({ type: "send_message", mediaId: "upload-1" }));
  });

  test("by the end of the app goes on in its next start", async () => {
    const media = new MediaServer();
    media.mishaps.push("none", "none", "away");
    const { talk } = await talking({ media: media.answer });
    const picked = file(300 * kib);
    await talk.client.send("c1", "", { file: picked });
    await eventually(() => expect(media.requests).toHaveLength(3));
    talk.client.goOffline();
    await settled();
    const again = new Talk({ store: talk.store, media: media.answer });
    const server = await again.online();
    await eventually(() => server.expects({ type: "send_message", mediaId: "upload-1" }));
    expect(media.requests.slice(2, 5)).toEqual([
      `PATCH upload-1 ${64 * kib}`,
      "HEAD upload-1",
      `PATCH upload-1 ${64 * kib}`,
    ]);
    expect(await same(await come(media, "upload-1"), picked)).toBe(true);
  });

  test("waits while there is no connection", async () => {
    const media = new MediaServer();
    const talk = new Talk({ media: media.answer });
    await talk.client.send("c1", "", { file: file(10) });
    await talk.clock.passes(60_000);
    expect(media.requests).toEqual([]);
    const server = await talk.online();
    await eventually(() => server.expects({ type: "send_message" }));
  });

  test("by something that eats what is sent does not go round and round", async () => {
    const media = new MediaServer();
    media.mishaps.push("none", "eaten", "none", "eaten");
    const { talk } = await talking({ media: media.answer });
    await talk.client.send("c1", "", { file: file(10) });
    await eventually(() => expect(media.requests).toHaveLength(2));
    await settled();
    expect(media.requests).toHaveLength(2);
    await talk.clock.passes(10_000);
    await eventually(() => expect(media.uploads.get("upload-1")?.come).toHaveLength(10));
  });

  test("for longer than the server keeps it begins again", async () => {
    const media = new MediaServer();
    const { talk, server } = await talking({ media: media.answer });
    media.mishaps.push("none", "away");
    await talk.client.send("c1", "", { file: file(10) });
    await eventually(() => expect(media.requests).toHaveLength(2));
    media.uploads.delete("upload-1");
    await eventually(async () => {
      await talk.clock.passes(1_000);
      await server.expects({ type: "send_message", mediaId: "upload-2" });
    });
  });
});

describe("an upload that is refused", () => {
  test("fails its message for good, which can be tried again from the beginning, or discarded", async () => {
    const media = new MediaServer();
    const { talk, server } = await talking({ media: media.answer });
    media.mishaps.push("none", { status: 415, code: 4051 });
    await talk.client.send("c1", "", { file: file(10, "a.png", "image/png") });
    await talk.client.send("c1", "after it");
    await eventually(async () => expect((await talk.client.messages("c1"))[0]?.failure?.code).toBe(4051));
    await server.expects({ type: "send_message", content: "after it" });

    expect(await talk.client.retry("local-1")).toBe(true);
    await eventually(() => server.expects({ type: "send_message", mediaId: "upload-2" }));
    await server.sends({ type: "error", code: 4043, reason: "expired", localId: "local-1", conversationId: "c1" });
    expect(await talk.client.discard("local-1")).toBe(true);
    expect(await talk.client.file("local-1")).toBeUndefined();
  });

  test("by this device, which has lost the file, fails", async () => {
    const talk = new Talk({ media: new MediaServer().answer });
    await talk.client.send("c1", "", { file: file(10) });
    await talk.store.transaction("write", async (transaction) => {
      const item = await transaction.outboxItem("local-1");
      await transaction.removeOutboxItem("local-1");
      await transaction.putOutboxItem(item as NonNullable<typeof item>);
    });
    const server = await talk.online();
    await server.sends(snapshot([conversation()]));
    await eventually(async () => expect(await ticks(talk)).toEqual(["failed"]));
  });

  test("by something in between, that knows no codes, goes by the status", async () => {
    const media = new MediaServer();
    const { talk } = await talking({ media: media.answer });
    media.mishaps.push({ status: 413, code: 0 });
    await talk.client.send("c1", "", { file: file(10) });
    await eventually(async () => expect(await ticks(talk)).toEqual(["failed"]));
  });

  test("for now is tried again when the server says", async () => {
    const media = new MediaServer();
    const { talk } = await talking({ media: media.answer });
    media.mishaps.push({ status: 429, code: 4301, retryAfterMs: 3_600_000 });
    await talk.client.send("c1", "", { file: file(10) });
    await eventually(() => expect(media.requests).toHaveLength(1));
    await talk.clock.passes(3_599_000);
    expect(media.requests).toHaveLength(1);
  });
});

describe("a file that is on its way", () => {
  test("can be taken back: nothing of it stays, and what waited behind it goes out", async () => {
    const media = new MediaServer();
    const { talk, server } = await talking({ media: media.answer });
    media.mishaps.push("none", "none", "away");
    await talk.client.send("c1", "", { file: file(200 * kib) });
    await talk.client.send("c1", "never mind");
    await eventually(() => expect(media.requests).toHaveLength(3));
    expect(await talk.client.discard("local-1")).toBe(true);
    await server.expects({ type: "send_message", content: "never mind" });
    await eventually(() => expect(media.uploads.size).toBe(0));
    expect(await talk.client.file("local-1")).toBeUndefined();
    await talk.clock.passes(60_000);
    expect(media.requests.at(-1)).toBe("DELETE upload-1");
  });

  test("cannot be taken back any more once it is with the server", async () => {
    const { talk, server } = await talking({ media: new MediaServer().answer });
    await talk.client.send("c1", "", { file: file(10) });
    await eventually(() => server.expects({ type: "send_message" }));
    expect(await talk.client.discard("local-1")).toBe(false);
  });

  test("shares the line with one other at a time", async () => {
    const media = new MediaServer();
    media.mishaps.push("away", "away");
    const { talk, server } = await talking({ media: media.answer });
    for (let each = 1; each <= 4; each++) {
      await talk.client.send(`c${each}`, "", { file: file(10) });
    }
    await settled();
    expect(media.requests).toEqual(["POST", "POST"]);
    await talk.clock.passes(1_000);
    await eventually(() => expect(media.uploads.size).toBe(4));
    for (let each = 1; each <= 4; each++) {
      await eventually(() => server.expects({ type: "send_message" }));
    }
  });

  test("is sent again as the same message where the answer was lost", async () => {
    const media = new MediaServer();
    const { talk, server } = await talking({ media: media.answer });
    await talk.client.send("c1", "", { file: file(10) });
    await eventually(() => server.expects({ type: "send_message", localId: "local-1" }));
    await server.closes();
    await talk.clock.passes(250);
    const again = await talk.accepts();
    await again.expects({ type: "device_connect" });
    await again.sends(connected(), page());
    await again.expects({ type: "send_message", localId: "local-1", mediaId: "upload-1" });
    expect(media.requests).toEqual(["POST", "PATCH upload-1 0"]);
  });
});
