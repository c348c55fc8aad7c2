import { applyFrame } from "./apply/apply.js";
import type { Change } from "./apply/changes.js";
import type { Session } from "./connection/session.js";
import type { Own } from "./held/held.js";
import { limits } from "./limits.js";
import type { ServerFrame } from "./protocol/frames.js";
import { type BufferedTransaction, buffered } from "./store/buffered.js";
import type { Store } from "./store/store.js";

export interface InboxEvents {
  /** Effects and position are stored. */
  stored(session: Session, frames: readonly ServerFrame[], changes: readonly Change[]): Promise<void>;
  /** They are not; the frames that still waited are dropped, since they come after one that is missing. */
  failed(session: Session, failure: unknown): void;
}

/**
 * The frames of the current session on their way into the store, strictly in order. Frames come faster than a store
 * commits: those that have gathered share a transaction.
 */
export class Inbox {
  private waiting: ServerFrame[] = [];
  private session: Session | undefined;
  private storing: Promise<void> | undefined;

  constructor(
    private readonly store: Store,
    private readonly own: Own,
    private readonly events: InboxEvents,
  ) {}

  add(session: Session, frame: ServerFrame): void {
    if (this.session !== session) {
      // What is left of another session comes again: it was not acknowledged.
      this.waiting = [];
      this.session = session;
    }
    if (this.waiting.length >= limits.inboxFrames) {
      this.fail(session, new Error("the server sends more than its window"));
      return;
    }
    this.waiting.push(frame);
    this.storing ??= this.storeAll();
  }

  /** Nothing of a session that is over is applied after this: the store's position holds still. */
  async settle(): Promise<void> {
    this.waiting = [];
    await this.storing;
  }

  private async storeAll(): Promise<void> {
    while (this.session !== undefined && this.waiting.length > 0) {
      const session = this.session;
      const frames = this.waiting.splice(0, limits.framesPerTransaction);
      try {
        const changes = await this.store.transaction("write", (transaction) =>
          this.applyAll(buffered(transaction), frames),
        );
        await this.events.stored(session, frames, changes);
      } catch (failure) {
        this.fail(session, failure);
      }
    }
    this.storing = undefined;
  }

  private async applyAll(transaction: BufferedTransaction, frames: readonly ServerFrame[]): Promise<readonly Change[]> {
    const changes: Change[] = [];
    for (const frame of frames) {
      changes.push(...(await applyFrame(transaction, this.own, frame)));
    }
    await transaction.flush();
    return changes;
  }

  private fail(session: Session, failure: unknown): void {
    this.waiting = [];
    this.events.failed(session, failure);
  }
}
