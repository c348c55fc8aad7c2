import type { Cancel } from "../../src/index.js";

/** Everything that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time that passes when a test says so. */
export class Clock {
  private timers = new Set<Timer>();

  private set = 0;

  constructor(private time: number) {}

  now(): number {
    return this.time + this.set;
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer = { at: this.time + Math.max(0, delayMs), run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** As users and networks do; timers do not care. */
  setBack(ms: number): void {
    this.set -= ms;
  }

  get waiting(): number {
    return this.timers.size;
  }

  /** Timers run in their order, and what each sets off comes to rest before the next. */
  async passes(ms: number): Promise<void> {
    const end = this.time + ms;
    await settled();
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      this.timers.delete(next);
      this.time = next.at;
      next.run();
      await settled();
    }
    this.time = end;
  }

  private next(end: number): Timer | undefined {
    return [...this.timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
