import { connect, type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Demo, freePort } from "./demo.js";

/** What an app's own code would know of a message. */
interface Message {
  readonly id: string;
  readonly seq: number;
  readonly content: string;
}

/** What it would know of a frame. */
interface Frame extends Message {
  readonly type: string;
  readonly localId?: string;
  readonly messages?: readonly Message[];
  readonly updates?: readonly { readonly messageId: string; readonly status: string }[];
  readonly receipts?: readonly { readonly messageId: string; readonly userId: string }[];
}

const versions = [4, 5] as const;
const sends = 40;
const killedAfter = 15;

let demo: Demo;
let port: number;
const phones: Phone[] = [];

/** npm's client as it is: it comes back by itself, and sends again what was not confirmed. */
class Phone {
  readonly frames: Frame[] = [];
  /** Whether it found its session, each time that it was let in. */
  readonly found: boolean[] = [];

  private constructor(readonly client: MqttClient) {
    client.on("message", (_, payload) => this.frames.push(JSON.parse(payload.toString()) as Frame));
    client.on("connect", ({ sessionPresent }) => this.found.push(sessionPresent));
  }

  static async connect(protocolVersion: 4 | 5, userId: string, clientId: string): Promise<Phone> {
    const client = connect(`mqtt://127.0.0.1:${port}`, {
      protocolVersion,
      clientId,
      clean: false,
      username: "anybody?type=desktop&platform=linux",
      password: await demo.token(userId),
      reconnectPeriod: 100,
      ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: 3_600 } } : {}),
    });
    const phone = new Phone(client);
    phones.push(phone);
    await expect.poll(() => phone.found).toHaveLength(1);
    return phone;
  }

  /** The first time: afterwards the session has its subscription. */
  async subscribe(): Promise<void> {
    await this.client.subscribeAsync("inbox", { qos: 1 });
    await this.first((frame) => frame.type === "sync_conversation_states");
  }

  /** Until it is confirmed, however often it must be sent. */
  async send(content: string): Promise<void> {
    const payload = JSON.stringify({ localId: crypto.randomUUID(), kind: "text", content });
    await this.client.publishAsync("conversations/alice-bob", payload, { qos: 1 });
  }

  async first(which: (frame: Frame) => boolean): Promise<Frame> {
    await expect.poll(() => this.frames.some(which)).toBe(true);
    return this.frames.find(which) as Frame;
  }

  /** The contents that it knows, in the order of the conversation; what came again is the same message. */
  known(): string[] {
    const bySeq = new Map<number, string>();
    for (const frame of this.frames) {
      for (const message of frame.type === "new_message" ? [frame] : (frame.messages ?? [])) {
        bySeq.set(message.seq, message.content);
      }
    }
    return [...bySeq].sort(([one], [other]) => one - other).map(([, content]) => content);
  }
}

function start(): Promise<void> {
  return demo.start({ BOCAU_MQTT_PORT: `${port}` });
}

beforeAll(async () => {
  demo = await Demo.create();
  port = await freePort();
  await start();
});

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.client.endAsync(true)));
});

afterAll(async () => {
  await demo?.remove();
});

describe.each(versions)("npm's mqtt, protocol %d", (version) => {
  test("chats, and its confirmations are the ticks", async () => {
    const alice = await Phone.connect(version, "alice", `alice-${version}`);
    const bob = await Phone.connect(version, "bob", `bob-${version}`);
    await Promise.all([alice.subscribe(), bob.subscribe()]);
    const content = `Xin chào qua MQTT ${version} 🕊️`;

    await alice.send(content);

    const message = await bob.first((frame) => frame.content === content);
    await alice.first(
      (frame) => frame.updates?.some((tick) => tick.messageId === message.id && tick.status === "delivered") ?? false,
    );
    const read = { type: "mark_read", conversationId: "alice-bob", messageIds: [message.id] };
    await bob.client.publishAsync("frames", JSON.stringify(read), { qos: 1 });
    await alice.first(
      (frame) => frame.receipts?.some((tick) => tick.messageId === message.id && tick.userId === "bob") ?? false,
    );
  });

  test("loses and repeats nothing when the server is killed in the middle", async () => {
    const alice = await Phone.connect(version, "alice", `alice-${version}-k`);
    const bob = await Phone.connect(version, "bob", `bob-${version}-k`);
    await Promise.all([alice.subscribe(), bob.subscribe()]);
    const contents = Array.from({ length: sends }, (_, i) => `${version}: ${i}`);
    const confirmed: Promise<void>[] = [];
    for (const [i, content] of contents.entries()) {
      confirmed.push(alice.send(content));
      if (i === killedAfter) {
        await bob.first((frame) => frame.content === contents[1]);
        await demo.kill();
      }
    }

    await start();

    await Promise.all(confirmed);
    await expect.poll(() => bob.known().filter((content) => contents.includes(content))).toEqual(contents);
    expect(bob.found).toEqual([false, true]);
  });

  test("finds its session again, subscribed as it was", async () => {
    const before = await Phone.connect(version, "bob", `bob-${version}-p`);
    await before.subscribe();
    await before.client.endAsync();
    const alice = await Phone.connect(version, "alice", `alice-${version}-p`);
    const content = `while ${version} was away`;
    await alice.send(content);

    const bob = await Phone.connect(version, "bob", `bob-${version}-p`);

    await expect.poll(() => bob.known()).toEqual([content]);
    expect(bob.found).toEqual([true]);
  });
});
