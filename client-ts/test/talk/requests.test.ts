import { describe, expect, test } from "vitest";
import { RequestRefused } from "../../src/index.js";
import { conversation, message, snapshot } from "../frames.js";
import { Talk } from "./talk.js";

async function holding(lowest: number, newest: number): Promise<Talk> {
  const talk = new Talk();
  const server = await talk.online();
  const recent = Array.from({ length: newest - lowest + 1 }, (_, index) => message(lowest + index));
  await server.sends(snapshot([conversation({ headSeq: newest, recent })]));
  return talk;
}

const seqs = async (talk: Talk) => (await talk.client.messages("c1", { limit: 500 })).map((held) => held.seq);

describe("the history", () => {
  test("is fetched below what is held, and kept", async () => {
    const talk = await holding(4, 6);
    expect((await talk.client.conversation("c1"))?.hasOlder).toBe(true);
    talk.answers.set("GET /v1/conversations/c1/messages?before=4&limit=50", {
      messages: [message(1), message(2), message(3)],
    });
    const older = await talk.client.history("c1", 4);
    expect(older.map((held) => held.seq)).toEqual([1, 2, 3]);
    expect(await seqs(talk)).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await talk.client.conversation("c1"))?.hasOlder).toBe(false);
    expect(talk.requests.at(-1)).toContain("Bearer token-1");
  });

  test("leaves no hole: what a snapshot has left behind is not kept", async () => {
    const talk = await holding(80, 82);
    talk.answers.set("GET /v1/conversations/c1/messages?before=4&limit=50", { messages: [message(2), message(3)] });
    await talk.client.history("c1", 4);
    expect(await seqs(talk)).toEqual([80, 81, 82]);
  });

  test("does not overwrite a newer version, and does", async () => {
    const talk = await holding(1, 2);
    talk.answers.set("GET /v1/conversations/c1/messages?before=3&limit=50", {
      messages: [message(1, { version: 2, content: "edited" }), message(2, { content: "the same version" })],
    });
    await talk.client.history("c1", 3);
    expect((await talk.client.messages("c1")).map((held) => held.content)).toEqual(["edited", "message 2"]);
  });

  test("of a conversation that is gone meanwhile is not kept", async () => {
    const talk = await holding(4, 6);
    talk.answers.set("GET /v1/conversations/gone/messages?before=4&limit=50", { messages: [message(3)] });
    expect(await talk.client.history("gone", 4)).toEqual([]);
  });
});

describe("a request", () => {
  test("tells who has got a message, by person and device", async () => {
    const talk = new Talk();
    const status = {
      messageId: "m1",
      seq: 1,
      members: [
        {
          userId: "bob",
          deliveredAt: 5,
          devices: [
            { deviceId: "pixel", deliveredAt: 5 },
            { deviceId: "ipad", sentAt: 4, pushed: { at: 9, answer: "apns 200" } },
          ],
        },
      ],
    };
    talk.answers.set("GET /v1/conversations/c1/messages/m1/status", status);
    expect(await talk.client.status("c1", "m1")).toEqual(status);
  });

  test("mutes a conversation, which its changed state shows", async () => {
    const talk = new Talk();
    const server = await talk.online();
    talk.answers.set("PUT /v1/conversations/c1/mute", 204);
    await talk.client.mute("c1", 5);
    await server.sends(snapshot([conversation({ mutedUntil: 5 })]));
    expect((await talk.client.conversation("c1"))?.mutedUntil).toBe(5);
  });

  test("tells with what a page subscribes to pushes", async () => {
    const talk = new Talk();
    const { "GET /v1/connect": addresses } = Object.fromEntries(talk.answers) as Record<string, object>;
    expect(await talk.client.vapidPublicKey()).toBeUndefined();
    talk.answers.set("GET /v1/connect", { ...addresses, vapidPublicKey: "BK" });
    expect(await talk.client.vapidPublicKey()).toBe("BK");
  });

  test("lists this user's devices, signs one out, and names users", async () => {
    const talk = new Talk();
    const device = { id: "ipad", type: "mobile", platform: "ios", appVersion: "1", lastActiveAt: 5, online: true };
    talk.answers.set("GET /v1/users/alice/devices", { devices: [device] });
    talk.answers.set("DELETE /v1/users/alice/devices/ipad", 204);
    talk.answers.set("GET /v1/users/bob%40home", { id: "bob@home", name: "Bob" });
    expect(await talk.client.devices()).toEqual([device]);
    await talk.client.signOutDevice("ipad");
    expect(await talk.client.user("bob@home")).toEqual({ id: "bob@home", name: "Bob" });
  });

  test("that is refused says why, with the code", async () => {
    const talk = new Talk();
    const refusal = await talk.client.user("nobody").catch((failure: unknown) => failure);
    expect(refusal).toBeInstanceOf(RequestRefused);
    expect(refusal).toMatchObject({ status: 404, code: 4040, message: "no" });
  });

  test("with a token that has grown old is made once more with a new one", async () => {
    const talk = new Talk();
    talk.tokens = ["old", "new"];
    talk.answers.set("GET /v1/users/bob", [401, { id: "bob", name: "Bob" }]);
    expect((await talk.client.user("bob")).name).toBe("Bob");
    expect(talk.requests).toEqual(["GET /v1/users/bob Bearer old", "GET /v1/users/bob Bearer new"]);
  });
});

describe("what a message carries", () => {
  test("is fetched from the server, or from wherever it says", async () => {
    const talk = new Talk();
    talk.answers.set("GET /v1/conversations/c1/messages/m1/media", [
      { original: "/media/a/original?signature=x", thumbnail: "/media/a/thumbnail?signature=y", expiresAt: 7 },
      { original: "https://cdn.example.org/media/a/original?signature=x", expiresAt: 7 },
    ]);
    expect(await talk.client.mediaUrls("c1", "m1")).toEqual({
      original: "http://server/media/a/original?signature=x",
      thumbnail: "http://server/media/a/thumbnail?signature=y",
      expiresAt: 7,
    });
    expect(await talk.client.mediaUrls("c1", "m1")).toEqual({
      original: "https://cdn.example.org/media/a/original?signature=x",
      expiresAt: 7,
    });
  });
});
