import type { Cancel, Environment } from "../environment.js";
import type { DeviceConnect, ServerFrame } from "../protocol/frames.js";
import { backoffMs } from "./backoff.js";
import { Session, type SessionEnd } from "./session.js";
import { type Verdict, verdictOf } from "./verdict.js";
import { type Addresses, Way } from "./way.js";

export type ConnectionState =
  /** Not started, or stopped. */
  | { readonly name: "stopped" }
  /** Switched off by `goOffline`. */
  | { readonly name: "offline" }
  | { readonly name: "connecting" }
  /** Connected; what was missed is still coming. */
  | { readonly name: "syncing" }
  | { readonly name: "online" }
  /** The connection was lost; the next attempt comes at this time of the device's clock. */
  | { readonly name: "waiting"; readonly retryAt: number; readonly reason: string }
  /** The same device has connected elsewhere: another tab, say. `start` takes over again. */
  | { readonly name: "replaced" }
  /** The server takes no token of this device any more. `start` tries again. */
  | { readonly name: "signed-out"; readonly code: number; readonly reason: string }
  /** The server refuses this device, and would again. `start` tries again. */
  | { readonly name: "refused"; readonly code: number; readonly reason: string };

export interface ConnectionEvents {
  state(state: ConnectionState): void;
  frame(session: Session, frame: ServerFrame): void;
  /** A session that was connected is over. */
  disconnected(): void;
  /** The server does not take the token. */
  tokenRefused(): void;
  /** What is held must be fetched again: the next device_connect names no cursor. */
  refetch(): void;
}

/** Everything that an attempt to connect needs, fetched anew for each. */
export interface Introduction {
  readonly addresses: Addresses;
  readonly hello: DeviceConnect;
}

/** Keeps a session going: connects, waits, connects again, and knows when to give up. */
export class Connection {
  private current: ConnectionState = { name: "stopped" };
  private session: Session | undefined;
  /** The run that is on; an older one sees that it was replaced, and ends. */
  private run: object | undefined;
  private endOfWait: (() => void) | undefined;
  private attempt = 0;
  private refusedTokens = 0;
  private readonly way: Way;

  constructor(
    private readonly environment: Environment,
    private readonly introduce: () => Promise<Introduction>,
    private readonly events: ConnectionEvents,
  ) {
    this.way = new Way(environment, () => this.session?.close("a WebSocket gets through again"));
  }

  get state(): ConnectionState {
    return this.current;
  }

  start(): void {
    if (this.run === undefined) {
      this.attempt = 0;
      this.refusedTokens = 0;
      const run = {};
      this.run = run;
      void this.keepConnected(run);
    }
  }

  stop(state: ConnectionState): void {
    this.run = undefined;
    this.way.forget();
    this.session?.close(state.name);
    this.endOfWait?.();
    this.become(state);
  }

  /** The network may be back: does not wait any longer, or finds out whether the session still lives. */
  nudge(): void {
    this.session?.check();
    this.way.nudge();
    this.endOfWait?.();
  }

  /** Everything that was missed is stored. */
  caughtUp(session: Session): void {
    if (this.session === session && this.current.name === "syncing") {
      this.attempt = 0;
      this.become({ name: "online" });
    }
  }

  private async keepConnected(run: object): Promise<void> {
    while (this.run === run) {
      this.become({ name: "connecting" });
      const { end, connected } = await this.oneSession(run);
      if (this.run !== run) {
        return;
      }
      const settled = this.afterwards(end, verdictOf(end, connected));
      if (settled !== undefined) {
        this.run = undefined;
        this.way.forget();
        this.become(settled);
      } else if (!this.way.changes()) {
        const delayMs = backoffMs(this.environment, this.attempt, end.retryAfterMs);
        this.attempt += 1;
        this.become({ name: "waiting", retryAt: this.environment.now() + delayMs, reason: end.reason });
        await this.wait(delayMs);
      }
    }
  }

  private async oneSession(run: object): Promise<{ end: SessionEnd; connected: boolean }> {
    let introduction: Introduction;
    try {
      introduction = await this.introduce();
    } catch (failure) {
      this.way.forget();
      return { end: { reason: String(failure) }, connected: false };
    }
    if (this.run !== run) {
      return { end: { reason: "stopped" }, connected: false };
    }
    const { addresses, hello } = introduction;
    return new Promise((resolve) => {
      try {
        this.session = new Session(this.environment, () => this.way.open(addresses), hello, {
          frame: (session, frame) => this.frame(session, frame),
          ended: (session, end) => {
            this.session = undefined;
            const connected = session.terms !== undefined;
            this.way.ended(session.wasOpen, connected);
            if (connected) {
              this.events.disconnected();
            }
            resolve({ end, connected });
          },
        });
      } catch (failure) {
        // Not an address, or one that this page may not open.
        resolve({ end: { reason: String(failure) }, connected: false });
      }
    });
  }

  private frame(session: Session, frame: ServerFrame): void {
    if (frame.type === "device_connected") {
      this.refusedTokens = 0;
      this.way.works();
      this.become({ name: "syncing" });
    }
    this.events.frame(session, frame);
  }

  /** The state to rest in, or undefined to connect again. */
  private afterwards(end: SessionEnd, verdict: Verdict): ConnectionState | undefined {
    const refusal = { code: end.code ?? 0, reason: end.reason };
    switch (verdict) {
      case "replaced":
        return { name: "replaced" };
      case "signed_out":
        // Its tokens are refused for good: `start` begins with a new one.
        this.events.tokenRefused();
        return { name: "signed-out", ...refusal };
      case "give_up":
        return { name: "refused", ...refusal };
      case "new_token":
        this.refusedTokens += 1;
        this.events.tokenRefused();
        // Twice without a session in between: the new one is no better than the old one.
        return this.refusedTokens > 1 ? { name: "signed-out", ...refusal } : undefined;
      case "refetch":
        this.events.refetch();
        return undefined;
      case "reconnect":
        return undefined;
    }
  }

  private wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel: Cancel = this.environment.after(delayMs, () => this.endOfWait?.());
      this.endOfWait = () => {
        cancel();
        this.endOfWait = undefined;
        resolve();
      };
    });
  }

  private become(state: ConnectionState): void {
    this.current = state;
    this.events.state(state);
  }
}
