import type { Cancel, Environment } from "../environment.js";
import type { Failure, Intent, OutboxItem, Upload } from "../held/held.js";
import { limits } from "../limits.js";
import { codes } from "../protocol/codes.js";
import type { Store } from "../store/store.js";
import type { Line } from "./line.js";
import { Postponements } from "./postponements.js";
import { frameOf, tooLarge } from "./requests.js";
import type { Tus } from "./tus.js";
import { missingFile, Uploads } from "./uploads.js";

export class OutboxFull extends Error {
  override readonly name = "OutboxFull";
}

/**
 * What the user wants and the server has not confirmed: kept in the store, sent in order within each conversation, sent
 * again under the same localId in every session until it is answered. What carries a file is sent when the server has all of
 * the file; what is sent after it into its conversation waits behind it.
 */
export class Outbox {
  /** What is to be sent, by localId; items that have failed wait for the user instead. */
  private readonly waiting = new Map<string, OutboxItem>();
  /** Sent in this session and not answered: localId -> conversation. */
  private readonly inFlight = new Map<string, string>();
  private readonly postponed: Postponements;
  private readonly uploads: Uploads;
  /** Of the session that is on, once it is known what is to be sent in it. */
  private line: Line | undefined;
  private opening: Line | undefined;
  private answerTimer: Cancel | undefined;

  constructor(
    private readonly environment: Environment,
    private readonly store: Store,
    tus: Tus,
    private readonly on: { changed(conversationId: string): void; failed(failure: unknown): void },
  ) {
    this.postponed = new Postponements(environment, () => this.flush());
    this.uploads = new Uploads(environment, tus, {
      file: (localId) => store.transaction("read", (transaction) => transaction.outboxFile(localId)),
      progressed: (localId, upload) => this.progressed(localId, upload),
      refused: (localId, failure) => this.fail(localId, failure),
      ended: () => this.flush(),
      failed: (failure) => on.failed(failure),
    });
  }

  /** Resolves when the item is stored: from then on it will be sent, whatever happens to this process. */
  async add(conversationId: string, intent: Intent, file?: Blob): Promise<OutboxItem> {
    return this.enqueue(this.environment.newId(), conversationId, intent, file);
  }

  /** Once more, from the beginning and at the end of the queue; false if no such item has failed. */
  async retry(localId: string): Promise<boolean> {
    const failed = await this.remove(localId, ({ failure }) => failure !== undefined);
    if (failed === undefined) {
      return false;
    }
    const { item, file } = failed;
    // The old localId stands for something else at the server: under it this will never be taken.
    const again = item.failure?.code === codes.local_id_conflict ? this.environment.newId() : localId;
    await this.enqueue(again, item.conversationId, item.intent, file);
    return true;
  }

  /**
   * Forgets an item; false if it has neither failed nor a file that is still on its way: anything else may be at the
   * server already.
   */
  async discard(localId: string): Promise<boolean> {
    const removed = await this.remove(localId, (item) => item.failure !== undefined || missingFile(item) !== undefined);
    if (removed === undefined) {
      return false;
    }
    this.waiting.delete(localId);
    this.uploads.stop(localId);
    this.on.changed(removed.item.conversationId);
    this.flush();
    return true;
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
    this.uploads.stopAll();
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
        this.uploads.stop(item.localId);
        this.noLongerInFlight(item.localId);
      }
    }
  }

  private async enqueue(localId: string, conversationId: string, intent: Intent, file?: Blob): Promise<OutboxItem> {
    const item = await this.store.transaction("write", async (transaction) => {
      const outbox = await transaction.outbox();
      if (outbox.length >= limits.outboxItems) {
        throw new OutboxFull(`${limits.outboxItems} messages wait already`);
      }
      const added: OutboxItem = { localId, conversationId, order: (outbox.at(-1)?.order ?? 0) + 1, intent };
      await transaction.putOutboxItem(added);
      if (file !== undefined) {
        await transaction.putOutboxFile(localId, file);
      }
      return added;
    });
    this.on.changed(conversationId);
    if (this.line !== undefined) {
      this.waiting.set(localId, item);
      this.flush();
    }
    return item;
  }

  private async remove(
    localId: string,
    allowed: (item: OutboxItem) => boolean,
  ): Promise<{ readonly item: OutboxItem; readonly file: Blob | undefined } | undefined> {
    const removed = await this.store.transaction("write", async (transaction) => {
      const item = await transaction.outboxItem(localId);
      if (item === undefined || !allowed(item)) {
        return undefined;
      }
      const file = await transaction.outboxFile(localId);
      await transaction.removeOutboxItem(localId);
      return { item, file };
    });
    if (removed?.item.upload !== undefined) {
      this.uploads.abandon(removed.item.upload);
    }
    return removed;
  }

  private flush(): void {
    const { line } = this;
    if (line === undefined) {
      return;
    }
    const inOrder = [...this.waiting.values()].sort((a, b) => a.order - b.order);
    // Conversations in which a file is still to come: what is sent after it waits behind it.
    const uploading = new Set<string>();
    for (const item of inOrder) {
      const { localId, conversationId, intent } = item;
      const file = missingFile(item);
      if (file !== undefined && !this.uploads.mayStart(localId)) {
        uploading.add(conversationId);
        continue;
      }
      const behind = intent.kind === "send" && uploading.has(conversationId);
      if (file === undefined && (behind || !this.maySend(item))) {
        continue;
      }
      const failure = tooLarge(item, line.terms);
      if (failure !== undefined) {
        this.fail(localId, failure).catch((problem) => this.on.failed(problem));
      } else if (file !== undefined) {
        uploading.add(conversationId);
        this.uploads.start(item, file);
      } else {
        this.inFlight.set(localId, conversationId);
        line.send(frameOf(item));
        this.answerTimer ??= this.expectAnswer(line);
      }
    }
  }

  private maySend({ localId, conversationId }: OutboxItem): boolean {
    return this.inFlight.size < limits.inFlight && !this.inFlight.has(localId) && !this.mustWait(conversationId);
  }

  /** Until all that is in flight of a conversation was refused too: sent now, a later item could overtake. */
  private mustWait(conversationId: string): boolean {
    const refusalsToCome = [...this.inFlight.values()].includes(conversationId);
    return this.postponed.holds(conversationId, refusalsToCome);
  }

  private progressed(localId: string, upload: Upload): Promise<void> {
    return this.change(localId, (item) => ({ ...item, upload }));
  }

  private async fail(localId: string, failure: Failure): Promise<void> {
    this.waiting.delete(localId);
    await this.change(localId, (item) => ({ ...item, failure }));
  }

  /** Unless it is gone. */
  private async change(localId: string, change: (item: OutboxItem) => OutboxItem): Promise<void> {
    const changed = await this.store.transaction("write", async (transaction) => {
      const item = await transaction.outboxItem(localId);
      if (item === undefined) {
        return undefined;
      }
      const next = change(item);
      await transaction.putOutboxItem(next);
      return next;
    });
    if (changed !== undefined) {
      if (this.waiting.has(localId)) {
        this.waiting.set(localId, changed);
      }
      this.on.changed(changed.conversationId);
    }
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
