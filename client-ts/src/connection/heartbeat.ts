import type { Cancel, Environment } from "../environment.js";
import { limits } from "../limits.js";

/** Notices that a connection is dead though nobody has closed it: the network will not always tell. */
export class Heartbeat {
  private lastHeard: number;
  private silent = false;
  /** When the ping was sent that has no pong yet. */
  private askedAt: number | undefined;
  private timer: Cancel;

  constructor(
    private readonly environment: Environment,
    private readonly silenceMs: number,
    private readonly on: { readonly ping: (timestamp: number) => void; readonly lost: () => void },
  ) {
    this.lastHeard = environment.now();
    this.timer = environment.after(silenceMs, () => this.listen());
  }

  heard(): void {
    this.lastHeard = this.environment.now();
    this.silent = false;
  }

  /** To the ping with this timestamp. */
  answered(timestamp: number): void {
    if (timestamp === this.askedAt) {
      this.askedAt = undefined;
    }
  }

  /** Asks at once, without waiting for silence: the network may have changed. */
  check(): void {
    this.timer();
    this.silent = true;
    this.askedAt = this.environment.now();
    this.on.ping(this.askedAt);
    this.timer = this.environment.after(limits.pongMs, () => {
      if (this.silent) {
        this.on.lost();
      } else if (this.askedAt !== undefined) {
        // What was heard may have been on its way before.
        this.check();
      } else {
        this.listen();
      }
    });
  }

  stop(): void {
    this.timer();
  }

  private listen(): void {
    const now = this.environment.now();
    // The clock may have been set back: nothing was heard in the future.
    this.lastHeard = Math.min(this.lastHeard, now);
    const leftMs = this.lastHeard + this.silenceMs - now;
    if (leftMs > 0) {
      this.timer = this.environment.after(leftMs, () => this.listen());
    } else {
      this.check();
    }
  }
}
