import type { Cancel, Environment } from "../environment.js";
import type { Failure, Intent, OutboxItem } from "../held/held.js";
import { limits } from "../limits.js";
import { codes } from "../protocol/codes.js";
import type { Store } from "../store/store.js";
import type { Line } from "./line.js";
import { Postponements } from "./postponements.js";
import { frameOf, tooLarge } from "./requests.js";

export class OutboxFull extends Error {
  override readonly name = "OutboxFull";
}

/**
 * What the user wants and the server has not confirmed: kept in the store, sent in order within each conversation, sent
 * again under the same localId in every session until it is answered.
 */
export class Outbox {
  /** What is to be sent, by localId; items that have failed wait for the user instead. */
  private readonly waiting = new Map<string, OutboxItem>();
  /** Sent in this session and not answered: localId -> conversation. */
  private readonly inFlight = new Map<string, string>();
  private readonly postponed: Postponements;
  /** Of the session that is on, once it is known what is to be sent in it. */
  private line: Line | undefined;
  private opening: Line | undefined;
  private answerTimer: Cancel | undefined;

  constructor(
    private readonly environment: Environment,
    private readonly store: Store,
    private readonly on: { changed(conversationId: string): void; failed(failure: unknown): void },
  ) {
    this.postponed = new Postponements(environment, () => this.flush());
  }

  /** Resolves when the item is stored: from then on it will be sent, whatever happens to this process. */
  async add(conversationId: string, intent: Intent): Promise<OutboxItem> {
    return this.enqueue(this.environment.newId(), conversationId, intent);
  }

  /** Once more, at the end of the queue; false if no such item has failed. */
  async retry(localId: string): Promise<boolean> {
    const failed = await this.removeFailed(localId);
    if (failed === undefined) {
      return false;
    }
    // The old localId stands for something else at the server: under it this will never be taken.
    const again = failed.failure?.code === codes.local_id_conflict ? this.environment.newId() : localId;
    await this.enqueue(again, failed.conversationId, failed.intent);
    return true;
  }

  /** Forgets an item; false if no such item has failed: what has not failed may be at the server already. */
  async discard(localId: string): Promise<boolean> {
    const failed = await this.removeFailed(localId);
    if (failed !== undefined) {
      this.on.changed(failed.conversationId);
    }
    return failed !== undefined;
  }

  /** A session has begun: everything that waits is sent in it, from the first. */
  async open(line: Line): Promise<void> {
    this.closed();
    this.opening = line;
    const stored = await this.store.transaction("read", (transaction) => transaction.outbox());
    if (this.opening !== line) {
      return;
    }
    for (const item of stored) {
      if (item.failure === undefined) {
        this.waiting.set(item.localId, item);
      }
    }
    this.line = line;
    this.flush();
  }

  closed(): void {
    this.opening = undefined;
    this.line = undefined;
    this.waiting.clear();
    this.inFlight.clear();
    this.postponed.clear();
    this.answerTimer?.();
    this.answerTimer = undefined;
  }

  /** Confirmed, or refused for good; the store knows already. */
  answered(localId: string): void {
    const item = this.waiting.get(localId);
    if (item !== undefined) {
      this.postponed.forget(item.conversationId);
    }
    this.waiting.delete(localId);
    this.noLongerInFlight(localId);
    this.flush();
  }

  /** Refused for now: this item and those behind it in its conversation are sent again later, in order. */
  refusedForNow(localId: string, retryAfterMs: number | undefined): void {
    const item = this.waiting.get(localId);
    if (item !== undefined) {
      this.postponed.add(item.conversationId, retryAfterMs);
    }
    this.noLongerInFlight(localId);
    this.flush();
  }

  /** The conversation is gone, and what waited for it. */
  removed(conversationId: string): void {
    for (const item of [...this.waiting.values()]) {
      if (item.conversationId === conversationId) {
        this.waiting.delete(item.localId);
        this.noLongerInFlight(item.localId);
      }
    }
  }

  private async enqueue(localId: string, conversationId: string, intent: Intent): Promise<OutboxItem> {
    const item = await this.store.transaction("write", async (transaction) => {
      const outbox = await transaction.outbox();
      if (outbox.length >= limits.outboxItems) {
        throw new OutboxFull(`${limits.outboxItems} messages wait already`);
      }
      const added: OutboxItem = { localId, conversationId, order: (outbox.at(-1)?.order ?? 0) + 1, intent };
      await transaction.putOutboxItem(added);
      return added;
    });
    this.on.changed(conversationId);
    if (this.line !== undefined) {
      this.waiting.set(localId, item);
      this.flush();
    }
    return item;
  }

  private removeFailed(localId: string): Promise<OutboxItem | undefined> {
    return this.store.transaction("write", async (transaction) => {
      const item = await transaction.outboxItem(localId);
      if (item?.failure === undefined) {
        return undefined;
      }
      await transaction.removeOutboxItem(localId);
      return item;
    });
  }

  private flush(): void {
    const { line } = this;
    if (line === undefined) {
      return;
    }
    const inOrder = [...this.waiting.values()].sort((a, b) => a.order - b.order);
    for (const item of inOrder) {
      if (this.inFlight.size >= limits.inFlight) {
        break;
      }
      if (this.inFlight.has(item.localId) || this.mustWait(item.conversationId)) {
        continue;
      }
      const failure = tooLarge(item, line.terms);
      if (failure !== undefined) {
        this.fail(item, failure).catch((problem) => this.on.failed(problem));
        continue;
      }
      this.inFlight.set(item.localId, item.conversationId);
      line.send(frameOf(item));
      this.answerTimer ??= this.expectAnswer(line);
    }
  }

  /** Until all that is in flight of a conversation was refused too: sent now, a later item could overtake. */
  private mustWait(conversationId: string): boolean {
    const refusalsToCome = [...this.inFlight.values()].includes(conversationId);
    return this.postponed.holds(conversationId, refusalsToCome);
  }

  private async fail(item: OutboxItem, failure: Failure): Promise<void> {
    this.waiting.delete(item.localId);
    await this.store.transaction("write", (transaction) => transaction.putOutboxItem({ ...item, failure }));
    this.on.changed(item.conversationId);
  }

  private noLongerInFlight(localId: string): void {
    if (this.inFlight.delete(localId)) {
      this.answerTimer?.();
      this.answerTimer = this.inFlight.size > 0 && this.line ? this.expectAnswer(this.line) : undefined;
    }
  }

  private expectAnswer(line: Line): Cancel {
    return this.environment.after(limits.answerMs, () => line.close("what was sent got no answer"));
  }
}
