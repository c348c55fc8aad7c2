import { randomBytes } from "node:crypto";
import { Upload } from "tus-js-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Demo } from "./demo.js";

const file = randomBytes(3_000_000);
const chunkSize = 300_000;
const killedAfter = 900_000;

let demo: Demo;
let authorization: string;

beforeAll(async () => {
  demo = await Demo.create();
  await demo.start();
  authorization = `Bearer ${await demo.token("alice")}`;
});

afterAll(() => demo?.remove());

test("tus-js-client uploads through the death of the server, and what is fetched are the bytes that were sent", async () => {
  let killed: Promise<void> | undefined;
  const resumedAt: number[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint: `${demo.page}v1/media`,
      headers: { authorization },
      metadata: { filename: "ảnh.bin" },
      chunkSize,
      retryDelays: Array.from({ length: 100 }, () => 200),
      // The server that is on its way up refuses the connection: that is to be tried again, too.
      onShouldRetry: () => true,
      onChunkComplete(_size, accepted) {
        if (killed !== undefined) {
          resumedAt.push(accepted);
        } else if (accepted >= killedAfter) {
          killed = demo.kill().then(() => demo.start());
        }
      },
      onError: reject,
      onSuccess: () => resolve(upload.url ?? ""),
    });
    upload.start();
  });
  await killed;

  const sent = await fetch(`${demo.page}v1/conversations/alice-bob/messages`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ localId: "1", kind: "file", content: "", mediaId: url.split("/").at(-1) }),
  });
  const { serverId } = (await sent.json()) as { readonly serverId: string };
  const asked = `${demo.page}v1/conversations/alice-bob/messages/${serverId}/media`;
  const urls = (await (await fetch(asked, { headers: { authorization } })).json()) as { readonly original: string };
  const fetched = await fetch(new URL(urls.original, demo.page));

  expect(Buffer.from(await fetched.arrayBuffer()).equals(file)).toBe(true);
  expect(fetched.headers.get("content-disposition")).toContain(encodeURIComponent("ảnh.bin"));
  expect(resumedAt[0]).toBeGreaterThan(killedAfter);
});
