import type { Change } from "./apply/changes.js";
import { Connection, type ConnectionState, type Introduction } from "./connection/connection.js";
import { Renewal } from "./connection/renewal.js";
import type { Session } from "./connection/session.js";
import type { Tokens } from "./connection/tokens.js";
import type { Environment } from "./environment.js";
import type { HeldMessage, Own } from "./held/held.js";
import { Inbox } from "./inbox.js";
import { limits } from "./limits.js";
import { actionOf, codes } from "./protocol/codes.js";
import type { Device, DeviceConnected, ErrorFrame, ServerFrame } from "./protocol/frames.js";
import type { Rest } from "./rest.js";
import { Outbox } from "./sending/outbox.js";
import { ReadMarks } from "./sending/readmarks.js";
import type { Tus } from "./sending/tus.js";
import type { Store } from "./store/store.js";

export interface SyncEvents {
  state(state: ConnectionState): void;
  changed(changed: Changed): void;
  arrived(message: HeldMessage): void;
  refused(error: ErrorFrame): void;
  failed(failure: unknown): void;
}

export interface Changed {
  /** Everything: the server has sent a snapshot. */
  readonly all: boolean;
  readonly conversations: ReadonlySet<string>;
}

/** Keeps the store in step with the server: what comes in is stored and acknowledged, what waits goes out. */
export class Sync {
  readonly outbox: Outbox;
  readonly reads: ReadMarks;
  private readonly inbox: Inbox;
  private readonly renewal: Renewal;
  private readonly connection: Connection;
  private session: Session | undefined;
  private active = true;
  /** What is held is not to be built upon: the next device_connect asks for a snapshot. */
  private refetch = false;

  constructor(
    environment: Environment,
    private readonly own: Own,
    private device: Device,
    private readonly store: Store,
    private readonly tokens: Tokens,
    private readonly rest: Rest,
    tus: Tus,
    private readonly events: SyncEvents,
  ) {
    const failed = (failure: unknown) => events.failed(failure);
    const sending = { changed: (id: string) => events.changed({ all: false, conversations: new Set([id]) }), failed };
    this.outbox = new Outbox(environment, store, tus, sending);
    this.reads = new ReadMarks(environment, store, own, sending);
    this.renewal = new Renewal(environment, tokens, failed);
    this.inbox = new Inbox(store, own, {
      stored: (session, frames, changes) => this.stored(session, frames, changes),
      failed(session, failure) {
        events.failed(failure);
        session.close("what came could not be stored");
      },
    });
    this.connection = new Connection(environment, () => this.introduce(), {
      state: (state) => events.state(state),
      frame: (session, frame) => this.receive(session, frame),
      disconnected: () => this.disconnected(),
      tokenRefused: () => tokens.forget(),
      refetch: () => {
        this.refetch = true;
      },
    });
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  start(): void {
    this.connection.start();
  }

  /** Resolves when nothing is written to the store any more. */
  async stop(state: ConnectionState): Promise<void> {
    this.connection.stop(state);
    await this.inbox.settle();
  }

  nudge(): void {
    this.connection.nudge();
  }

  setActive(active: boolean): void {
    if (this.active !== active) {
      this.active = active;
      this.session?.send({ type: "device_state", active });
    }
  }

  /** A device says its push token when it connects. */
  setPushToken(pushToken: string): void {
    if (this.device.pushToken !== pushToken) {
      this.device = { ...this.device, pushToken };
      this.session?.close("another push token");
    }
  }

  private async introduce(): Promise<Introduction> {
    const [addresses, token] = await Promise.all([this.rest.addresses(), this.tokens.get()]);
    await this.inbox.settle();
    const cursor = await this.store.transaction("read", (transaction) => transaction.position());
    const known = cursor === undefined || this.refetch ? {} : { cursor };
    return { addresses, hello: { type: "device_connect", token, device: this.device, ...known } };
  }

  private receive(session: Session, frame: ServerFrame): void {
    if (frame.type === "device_connected" && frame.userId !== this.own.userId) {
      // Before anything of it is stored among what is this user's.
      const reason = `the token is of ${frame.userId}, not of ${this.own.userId}`;
      this.connection.stop({ name: "refused", code: codes.not_allowed, reason });
      return;
    }
    this.inbox.add(session, frame);
  }

  private disconnected(): void {
    this.session = undefined;
    this.renewal.stop();
    this.outbox.closed();
    this.reads.closed();
  }

  private async stored(session: Session, frames: readonly ServerFrame[], changes: readonly Change[]): Promise<void> {
    // Refusals first: an answer lets the outbox go on, and it must know what not to go on with.
    for (const frame of frames) {
      // Storing takes a moment, in which the session may have ended: then there is nobody to react to.
      if (!session.ended) {
        await this.react(session, frame);
      }
    }
    this.announce(changes);
    const positioned = frames.filter((frame) => frame.position !== undefined);
    const position = positioned.at(-1)?.position;
    if (position !== undefined) {
      session.stored(
        position,
        positioned.length,
        positioned.some((frame) => "more" in frame),
      );
    }
    const last = frames.findLast((frame) => "more" in frame || frame.position !== undefined || nothingMissed(frame));
    if (last !== undefined && !("more" in last && last.more)) {
      this.connection.caughtUp(session);
    }
  }

  private async react(session: Session, frame: ServerFrame): Promise<void> {
    switch (frame.type) {
      case "device_connected":
        return this.connected(session, frame);
      case "token_accepted":
        return this.renewal.accepted(frame.expiresAt);
      case "error":
        return this.refused(session, frame);
      default:
        return undefined;
    }
  }

  private async connected(session: Session, terms: DeviceConnected): Promise<void> {
    this.session = session;
    this.refetch = false;
    this.renewal.began(session, terms.serverTime, terms.tokenExpiresAt);
    if (!this.active) {
      session.send({ type: "device_state", active: false });
    }
    const line = { terms, send: session.send.bind(session), close: session.close.bind(session) };
    this.reads.open(line);
    await this.outbox.open(line);
  }

  private refused(session: Session, error: ErrorFrame): void {
    this.events.refused(error);
    if (error.code === codes.token_expired) {
      this.renewal.expired();
    } else if (actionOf(error.code) !== "retry") {
      return;
    } else if (error.localId !== undefined) {
      this.outbox.refusedForNow(error.localId, error.retryAfterMs);
    } else if (error.frame === "mark_read") {
      this.reads.refusedForNow(retryDelayMs(error));
    } else if (error.frame === "ack") {
      session.acknowledgeAgainAfter(retryDelayMs(error));
    }
  }

  private announce(changes: readonly Change[]): void {
    const conversations = new Set<string>();
    const arrived: HeldMessage[] = [];
    let all = false;
    for (const change of changes) {
      switch (change.type) {
        case "reset":
          all = true;
          break;
        case "conversation":
          conversations.add(change.conversationId);
          break;
        case "removed":
          conversations.add(change.conversationId);
          this.outbox.removed(change.conversationId);
          break;
        case "arrived":
          arrived.push(change.message);
          break;
        case "answered":
          this.outbox.answered(change.localId);
          break;
      }
    }
    if (all || conversations.size > 0) {
      this.events.changed({ all, conversations });
    }
    for (const message of arrived) {
      this.events.arrived(message);
    }
  }
}

function nothingMissed(frame: ServerFrame): boolean {
  return frame.type === "device_connected" && frame.sync === "current";
}

function retryDelayMs(error: ErrorFrame): number {
  return Math.max(error.retryAfterMs ?? 0, limits.backoffBaseMs);
}
