import { backoffMs } from "../connection/backoff.js";
import type { Cancel, Environment } from "../environment.js";

interface Postponement {
  readonly attempt: number;
  readonly timer: Cancel;
  /** The timer says so, and not a clock: a timer may be early by the clock, and the clock may be set back. */
  due: boolean;
  /** It is sent again; kept for the next refusal to wait longer. */
  released: boolean;
}

/** The conversations in which the server has refused something for now. */
export class Postponements {
  private readonly of = new Map<string, Postponement>();

  /** @param due sending may go on in some conversation */
  constructor(
    private readonly environment: Environment,
    private readonly due: () => void,
  ) {}

  /** Those behind a refused item are refused with it: only the first of them counts as an attempt. */
  add(conversationId: string, retryAfterMs: number | undefined): void {
    const held = this.of.get(conversationId);
    if (held !== undefined && !held.released) {
      return;
    }
    const attempt = held === undefined ? 0 : held.attempt + 1;
    const timer = this.environment.after(backoffMs(this.environment, attempt, retryAfterMs), () => {
      postponement.due = true;
      this.due();
    });
    const postponement: Postponement = { attempt, timer, due: false, released: false };
    this.of.set(conversationId, postponement);
  }

  /** Whether items of the conversation must wait. */
  holds(conversationId: string, refusalsToCome: boolean): boolean {
    const held = this.of.get(conversationId);
    if (held === undefined || held.released) {
      return false;
    }
    held.released = held.due && !refusalsToCome;
    return !held.released;
  }

  /** The server takes items of the conversation again. */
  forget(conversationId: string): void {
    if (this.of.get(conversationId)?.released) {
      this.of.delete(conversationId);
    }
  }

  clear(): void {
    for (const { timer } of this.of.values()) {
      timer();
    }
    this.of.clear();
  }
}
