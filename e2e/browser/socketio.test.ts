import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Demo } from "./demo.js";

/** What an app's own code would know of a message. */
interface Message {
  readonly id: string;
  readonly conversationId: string;
  readonly senderId: string;
  readonly content: string;
  readonly type: string;
}

interface Received {
  readonly localId: string;
  readonly serverId: string;
  readonly status: string;
}

let demo: Demo;
const sockets: Socket[] = [];

beforeAll(async () => {
  demo = await Demo.create();
  await demo.start();
});

afterEach(() => {
  for (const socket of sockets.splice(0)) {
    socket.disconnect();
  }
});

afterAll(async () => {
  await demo?.remove();
});

async function person(userId: string, deviceId: string, transports: readonly string[]): Promise<Socket> {
  const socket = io(`http://127.0.0.1:${demo.realtimePort}/chat`, {
    transports: [...transports],
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 500,
    auth: { token: await demo.token(userId), deviceId, deviceType: "web", platform: "web", appVersion: "1" },
  });
  sockets.push(socket);
  return socket;
}

function next<T>(socket: Socket, event: string, which: (payload: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const listener = (payload: T) => {
      if (which(payload)) {
        socket.off(event, listener);
        resolve(payload);
      }
    };
    socket.on(event, listener);
  });
}

describe.each([
  [["websocket"], "websocket"],
  [["polling"], "polling"],
  [["polling", "websocket"], "websocket"],
] as const)("socket.io-client over %s", (transports, ends) => {
  const tag = transports.join("-");

  test("chats as with the server that it was written for", async () => {
    const alice = await person("alice", `alice-${tag}`, transports);
    const bob = await person("bob", `bob-${tag}`, transports);
    await Promise.all([next(alice, "sync_conversation_states"), next(bob, "sync_conversation_states")]);
    await expect.poll(() => alice.io.engine.transport.name).toBe(ends);
    const content = `Xin chào qua ${tag} 🕊️`;
    const arrives = next<Message>(bob, "new_message", (message) => message.content === content);
    const delivered = next<{ updates: { messageId: string; status: string }[] }>(alice, "delivery_updates");

    const message = { localId: crypto.randomUUID(), conversationId: "alice-bob", type: "text", content };
    const received: Received = await alice.emitWithAck("send_message", { ...message, timestamp: Date.now() });

    expect(received).toMatchObject({ localId: message.localId, status: "received" });
    expect(await arrives).toMatchObject({ id: received.serverId, senderId: "alice", type: "text" });
    expect((await delivered).updates).toContainEqual(
      expect.objectContaining({ messageId: received.serverId, status: "delivered" }),
    );
    const seen = next<{ userId: string; messageIds: string[] }>(alice, "read_receipts");
    const synced = next<{ messageIds: string[]; syncedFrom: string }>(bob, "messages_read_sync");
    bob.emit("mark_read", { conversationId: "alice-bob", messageIds: [received.serverId] });
    expect(await seen).toMatchObject({ userId: "bob", messageIds: [received.serverId] });
    expect(await synced).toMatchObject({ messageIds: [received.serverId], syncedFrom: "web" });
  });

  test("comes back by itself when the server was killed, and gets what it missed", async () => {
    const alice = await person("alice", `alice-${tag}-k`, transports);
    const bob = await person("bob", `bob-${tag}-k`, transports);
    await Promise.all([next(alice, "sync_conversation_states"), next(bob, "sync_conversation_states")]);
    const gone = next(bob, "disconnect");
    await demo.kill();
    await gone;
    const back = next(bob, "connect");
    const content = `sau khi chết ${tag}`;
    const arrives = next<Message>(bob, "new_message", (message) => message.content === content);
    await demo.start();
    await back;
    const message = { localId: crypto.randomUUID(), conversationId: "alice-bob", type: "text", content };
    await expect.poll(() => alice.connected).toBe(true);
    await alice.emitWithAck("send_message", message);
    expect((await arrives).senderId).toBe("alice");
  });
});
