import type { Cancel, Environment } from "../environment.js";
import { limits } from "../limits.js";

/** Notices that a connection is dead though nobody has closed it: the network will not always tell. */
export class Heartbeat {
  private lastHeard: number;
  private unanswered = false;
  private timer: Cancel;

  constructor(
    private readonly environment: Environment,
    private readonly silenceMs: number,
    private readonly on: { readonly ping: () => void; readonly lost: () => void },
  ) {
    this.lastHeard = environment.now();
    this.timer = environment.after(silenceMs, () => this.listen());
  }

  heard(): void {
    this.lastHeard = this.environment.now();
    this.unanswered = false;
  }

  /** Asks at once, without waiting for silence: the network may have changed. */
  check(): void {
    this.timer();
    this.unanswered = true;
    this.on.ping();
    this.timer = this.environment.after(limits.pongMs, () => {
      if (this.unanswered) {
        this.on.lost();
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
