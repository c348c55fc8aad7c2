import { expect, onTestFinished } from "vitest";
import {
  Client,
  type ClientFrame,
  type ClientOptions,
  type ConnectionState,
  memoryStore,
  type ServerFrame,
  type Store,
  type WebSocketLike,
} from "../../src/index.js";
import { connected, noon, own, page } from "../frames.js";
import { Clock, settled } from "./clock.js";

/** The server's end of one connection. A test is a script of what the two say to each other. */
export class Peer {
  private readonly heard: ClientFrame[] = [];
  closedByClient = false;
  private readonly socket: WebSocketLike;

  constructor(
    socket: WebSocketLike,
    readonly url: string,
    readonly protocol: string,
  ) {
    this.socket = socket;
  }

  opens(): void {
    this.socket.onopen?.({} as never);
  }

  hears(text: string): void {
    this.heard.push(JSON.parse(text) as ClientFrame);
  }

  /** The next frame of the client is like this one. */
  async expects(frame: Partial<ClientFrame>): Promise<ClientFrame> {
    await settled();
    const next = this.heard.shift();
    expect(next).toMatchObject(frame);
    return next as ClientFrame;
  }

  async expectsNothing(): Promise<void> {
    await settled();
    expect(this.heard).toEqual([]);
  }

  async sends(...frames: readonly ServerFrame[]): Promise<void> {
    for (const frame of frames) {
      this.sendsText(JSON.stringify(frame));
    }
    await settled();
  }

  sendsText(text: string): void {
    this.socket.onmessage?.({ data: text } as never);
  }

  async closes(code = 1006, reason = ""): Promise<void> {
    this.socket.onclose?.({ code, reason } as never);
    await settled();
  }
}

export interface TalkOptions extends Partial<ClientOptions> {
  /** What chance gives, in turn; 0.5 after that. */
  readonly chances?: number[];
  /** The ids that are made, in turn; local-1, local-2… after that. */
  readonly ids?: string[];
  /** Answers requests at which long-polling is spoken. */
  readonly poll?: (url: URL, init: RequestInit) => Promise<Response>;
  /** Answers requests that upload. */
  readonly media?: (url: URL, init: RequestInit) => Promise<Response>;
}

/** A client, its clock and its network; the test is the server. */
export class Talk {
  readonly clock = new Clock(noon);
  readonly store: Store;
  readonly client: Client;
  readonly states: ConnectionState["name"][] = [];
  readonly failures: unknown[] = [];
  readonly requests: string[] = [];
  /** Answers of the HTTP side, by "METHOD path": a body, a status, or several of them in turn. */
  readonly answers = new Map<string, object | number | (object | number)[]>();
  tokens: (string | Error)[] = ["token-1"];
  private readonly peers: Peer[] = [];
  private made = 0;

  constructor(options: TalkOptions = {}) {
    const { chances = [], ids = [], poll, media, ...given } = options;
    const peers = this.peers;
    class Socket implements WebSocketLike {
      onopen: WebSocketLike["onopen"] = null;
      onmessage: WebSocketLike["onmessage"] = null;
      onclose: WebSocketLike["onclose"] = null;
      onerror: WebSocketLike["onerror"] = null;
      private readonly peer: Peer;

      constructor(url: string, protocol: string) {
        this.peer = new Peer(this, url, protocol);
        peers.push(this.peer);
      }

      send(text: string): void {
        this.peer.hears(text);
      }

      close(): void {
        this.peer.closedByClient = true;
      }
    }
    this.answers.set("GET /v1/connect", {
      websocket: "ws://realtime/ws",
      ...(poll === undefined ? {} : { poll: "http://realtime/poll" }),
    });
    this.store = given.store ?? memoryStore();
    this.client = new Client({
      server: "http://server",
      userId: own.userId,
      device: { id: own.deviceId, type: "mobile", platform: "ios", appVersion: "1.0" },
      token: async () => this.nextToken(),
      ...given,
      store: this.store,
      environment: {
        now: () => this.clock.now(),
        after: (delayMs, run) => this.clock.after(delayMs, run),
        random: () => chances.shift() ?? 0.5,
        newId: () => ids.shift() ?? `local-${++this.made}`,
        fetch: async (input, init = {}) => {
          const url = new URL(String(input));
          const special = url.host === "realtime" ? poll : url.pathname.startsWith("/v1/media") ? media : undefined;
          return special === undefined ? this.answer(url, init) : special(url, init);
        },
        WebSocket: Socket,
      },
    });
    this.client.on("connection", (state) => this.states.push(state.name));
    this.client.on("failed", (failure) => this.failures.push(failure));
    onTestFinished(() => this.client.goOffline());
  }

  /** The client opens a connection, now. */
  async accepts(): Promise<Peer> {
    await settled();
    const peer = this.peers.shift();
    if (peer === undefined) {
      throw new Error("the client has not connected");
    }
    peer.opens();
    return peer;
  }

  /** The client tries to open a connection, in vain. */
  async blocks(): Promise<void> {
    await settled();
    const peer = this.peers.shift();
    if (peer === undefined) {
      throw new Error("the client has not tried");
    }
    await peer.closes();
  }

  async expectsNoConnection(): Promise<void> {
    await settled();
    expect(this.peers).toEqual([]);
  }

  /** Through device_connect and an empty page, up to the point where it gets interesting. */
  async online(terms = connected()): Promise<Peer> {
    this.client.goOnline();
    const peer = await this.accepts();
    await peer.expects({ type: "device_connect" });
    await peer.sends(terms, page());
    return peer;
  }

  async position(): Promise<string | undefined> {
    return this.store.transaction("read", (transaction) => transaction.position());
  }

  private nextToken(): string {
    const token = this.tokens.length > 1 ? this.tokens.shift() : this.tokens[0];
    if (typeof token !== "string") {
      throw token ?? new Error("no token");
    }
    return token;
  }

  private answer(url: URL, init: RequestInit): Response {
    const request = `${init.method} ${url.href.replace("http://server", "")}`;
    const authorization = new Headers(init.headers).get("authorization");
    this.requests.push(authorization === null ? request : `${request} ${authorization}`);
    const known = this.answers.get(request);
    const answer = (Array.isArray(known) ? known.shift() : known) ?? 404;
    if (typeof answer === "number") {
      const problem = { title: "no", code: answer === 401 ? 4101 : 4040 };
      return new Response(answer === 204 ? null : JSON.stringify(problem), { status: answer });
    }
    return new Response(JSON.stringify(answer), { status: 200 });
  }
}
