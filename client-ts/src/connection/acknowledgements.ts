import type { Cancel, Environment } from "../environment.js";

/** Tells the server what is stored: one ack for the newest position, after a page, so many frames or so much time. */
export class Acknowledgements {
  private newest: string | undefined;
  private frames = 0;
  private timer: Cancel | undefined;

  constructor(
    private readonly environment: Environment,
    private readonly terms: { readonly ackEvery: number; readonly ackMs: number },
    private readonly send: (position: string) => void,
  ) {}

  /** So many more frames are stored, the last of them with this position. */
  stored(position: string, frames: number, atOnce: boolean): void {
    this.newest = position;
    this.frames += frames;
    if (atOnce || this.frames >= this.terms.ackEvery) {
      this.flush();
    } else {
      this.timer ??= this.environment.after(this.terms.ackMs, () => this.flush());
    }
  }

  /** The newest position again, later: the server refused to hear it. */
  repeatAfter(delayMs: number): void {
    this.timer ??= this.environment.after(delayMs, () => this.flush());
  }

  stop(): void {
    this.timer?.();
  }

  private flush(): void {
    this.timer?.();
    this.timer = undefined;
    this.frames = 0;
    if (this.newest !== undefined) {
      this.send(this.newest);
    }
  }
}
