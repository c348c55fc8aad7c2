import { describe, expect, test } from "vitest";
import type { ClientFrame, ServerFrame } from "../../src/index.js";
import { connected, message, newMessage, page } from "../frames.js";
import { settled } from "./clock.js";
import { Talk } from "./talk.js";

/** A server at which is polled, as protocol/PROTOCOL.md has it. Answers can be lost on the way. */
class PolledServer {
  readonly heard: ClientFrame[] = [];
  sessions = 0;
  ended: string[] = [];
  /** A status, for batches. */
  refuses = 0;
  /** So many answers do not arrive. */
  loses = 0;
  private queue: string[] = [];
  private batches = 0;
  private closeCode: number | undefined;
  private waiting: { resolve: (answer: Response) => void; received: number; opening: boolean } | undefined;
  private dropped = 0;

  readonly answer = async (url: URL, init: RequestInit): Promise<Response> => {
    const answer = await this.handle(url, init);
    if (this.loses > 0) {
      this.loses -= 1;
      throw new TypeError("Failed to fetch");
    }
    return answer;
  };

  private handle(url: URL, init: RequestInit): Promise<Response> {
    const frames = String(init.body ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as ClientFrame);
    const parameters = url.searchParams;
    const session = parameters.get("session");
    if (session === null) {
      this.sessions += 1;
      this.queue = [];
      this.batches = 0;
      this.dropped = 0;
      this.closeCode = undefined;
      this.heard.push(...frames);
      return this.hold(0, true);
    }
    if (session !== `session-${this.sessions}`) {
      return Promise.resolve(new Response(null, { status: 410, headers: { "bocau-close": "4405" } }));
    }
    if (parameters.has("end")) {
      this.ended.push(session);
      return Promise.resolve(new Response(null, { status: 204 }));
    }
    if (init.method === "POST") {
      if (this.refuses > 0) {
        return Promise.resolve(new Response(null, { status: this.refuses }));
      }
      const batch = Number(parameters.get("batch"));
      expect(batch).toBeGreaterThanOrEqual(this.batches);
      if (batch === this.batches + 1) {
        this.batches = batch;
        this.heard.push(...frames);
      }
      return Promise.resolve(new Response(null, { status: 204 }));
    }
    const received = Number(parameters.get("received"));
    this.queue.splice(0, received - this.dropped);
    this.dropped = received;
    return this.hold(received, false);
  }

  private hold(received: number, opening: boolean): Promise<Response> {
    return new Promise((resolve) => {
      this.waiting = { resolve, received, opening };
      this.flush();
    });
  }

  private flush(): void {
    if (this.waiting === undefined || (this.queue.length === 0 && this.closeCode === undefined)) {
      return;
    }
    const { resolve, opening } = this.waiting;
    this.waiting = undefined;
    const body = this.queue.map((frame) => `${frame}\n`).join("");
    const headers: Record<string, string> = opening ? { "bocau-session": `session-${this.sessions}` } : {};
    if (this.closeCode !== undefined) {
      headers["bocau-close"] = String(this.closeCode);
    }
    resolve(new Response(body, { status: this.closeCode === undefined ? 200 : 410, headers }));
  }

  async sends(...frames: readonly ServerFrame[]): Promise<void> {
    this.queue.push(...frames.map((frame) => JSON.stringify(frame)));
    this.flush();
    await settled();
  }

  async closes(code: number): Promise<void> {
    this.closeCode = code;
    this.flush();
    await settled();
  }

  async expects(frame: Partial<ClientFrame>): Promise<void> {
    await settled();
    expect(this.heard.shift()).toMatchObject(frame);
  }
}

async function polling(): Promise<{ talk: Talk; server: PolledServer }> {
  const server = new PolledServer();
  const talk = new Talk({ poll: server.answer });
  talk.client.start();
  await talk.blocks();
  await server.expects({ type: "device_connect" });
  await server.sends(connected(), page());
  expect(talk.client.connection.name).toBe("online");
  return { talk, server };
}

describe("where no WebSocket can be opened", () => {
  test("the client polls, at once", async () => {
    const { talk, server } = await polling();
    await server.sends(newMessage(message(1), "p1"));
    expect(await talk.client.messages("c1")).toMatchObject([{ content: "message 1" }]);
    await talk.clock.passes(100);
    await server.expects({ type: "ack", position: "p1" });
    expect(talk.states).toEqual(["connecting", "connecting", "syncing", "online"]);
  });

  test("one that hangs is given up after a while", async () => {
    const server = new PolledServer();
    const talk = new Talk({ poll: server.answer });
    talk.client.start();
    await talk.clock.passes(10_000);
    await server.expects({ type: "device_connect" });
  });

  test("a server that knows no polling is tried again later", async () => {
    const talk = new Talk();
    talk.client.start();
    await talk.blocks();
    await talk.expectsNoConnection();
    expect(talk.client.connection.name).toBe("waiting");
  });

  test("and nothing else either, it waits as ever and begins with a WebSocket again", async () => {
    const talk = new Talk({
      poll: async () => {
        throw new TypeError("Failed to fetch");
      },
    });
    talk.client.start();
    await talk.blocks();
    expect(talk.client.connection.name).toBe("waiting");
    await talk.clock.passes(30_000);
    await talk.blocks();
  });
});

describe("a client that polls", () => {
  test("asks again for what was lost on the way, and takes it once", async () => {
    const { talk, server } = await polling();
    const arrived: string[] = [];
    talk.client.on("arrived", ({ content }) => arrived.push(content));
    server.loses = 2;
    await server.sends(newMessage(message(1), "p1"));
    expect(arrived).toEqual([]);
    await talk.clock.passes(2_000);
    await server.sends(newMessage(message(2), "p2"));
    expect(arrived).toEqual(["message 1", "message 2"]);
    expect(server.sessions).toBe(1);
  });

  test("posts again what was perhaps not heard; the server tells the same batch by its number", async () => {
    const { talk, server } = await polling();
    server.heard.length = 0;
    server.loses = 1;
    await talk.client.send("c1", "hello");
    await settled();
    await talk.clock.passes(1_000);
    expect(server.heard.filter(({ type }) => type === "send_message")).toHaveLength(1);
    await talk.client.send("c1", "again");
    await settled();
    expect(server.heard.filter(({ type }) => type === "send_message")).toHaveLength(2);
  });

  test("begins anew when what it sends is not taken", async () => {
    const { talk, server } = await polling();
    server.refuses = 409;
    await talk.client.send("c1", "hello");
    await settled();
    expect(talk.client.connection.name).toBe("waiting");
    server.refuses = 0;
    await talk.clock.passes(500);
    expect(server.sessions).toBe(2);
    await server.sends(connected(), page());
    await settled();
    expect(server.heard.filter(({ type }) => type === "send_message")).toHaveLength(1);
  });

  test("notices that nothing comes through any more, and connects again", async () => {
    const { talk, server } = await polling();
    server.loses = Number.MAX_SAFE_INTEGER;
    await server.sends(newMessage(message(1), "p1"));
    await talk.clock.passes(20_000);
    expect(talk.states.at(-1)).not.toBe("online");
  });

  test("is told why its session is over", async () => {
    const { talk, server } = await polling();
    await server.sends({ type: "error", code: 4500, reason: "this device has connected again" });
    await server.closes(4500);
    expect(talk.client.connection.name).toBe("replaced");
  });

  test("opens another session when the server does not know its own any more", async () => {
    const { talk, server } = await polling();
    server.heard.length = 0;
    await server.closes(4405);
    await talk.clock.passes(250);
    expect(server.sessions).toBe(2);
    await server.expects({ type: "device_connect" });
  });

  test("says goodbye", async () => {
    const { talk, server } = await polling();
    talk.client.goOffline();
    await settled();
    expect(server.ended).toEqual(["session-1"]);
  });

  test("goes back to a WebSocket when one can be opened again", async () => {
    const { talk, server } = await polling();
    await talk.clock.passes(60_000);
    await talk.blocks();
    await talk.clock.passes(60_000);
    const probe = await talk.accepts();
    expect(probe.closedByClient).toBe(true);
    expect(server.ended).toEqual(["session-1"]);
    const socket = await talk.accepts();
    await socket.expects({ type: "device_connect" });
    await socket.sends(connected(), page());
    expect(talk.client.connection.name).toBe("online");
    await talk.clock.passes(20_000);
    expect(server.sessions).toBe(1);
  });

  test("tries a WebSocket at once when the network may be another one", async () => {
    const { talk } = await polling();
    talk.client.nudge();
    const probe = await talk.accepts();
    expect(probe.closedByClient).toBe(true);
    await (await talk.accepts()).expects({ type: "device_connect" });
  });
});
