import type { Cancel, Environment } from "../environment.js";
import type { Own, PendingRead } from "../held/held.js";
import { limits } from "../limits.js";
import type { MarkRead } from "../protocol/frames.js";
import type { Store, Transaction } from "../store/store.js";
import type { Line } from "./line.js";

/**
 * What this user has read on this device and the server has not confirmed. Kept in the store with the time of reading,
 * told in every session until messages_read_sync of this device confirms it.
 */
export class ReadMarks {
  private line: Line | undefined;
  /** Told in this session, by conversation: the furthest seq. */
  private readonly told = new Map<string, number>();
  private gathering: Cancel | undefined;
  private repeating: Cancel | undefined;

  constructor(
    private readonly environment: Environment,
    private readonly store: Store,
    private readonly own: Own,
    private readonly on: { changed(conversationId: string): void; failed(failure: unknown): void },
  ) {}

  /** The messages up to `seq` were on the screen. Nothing happens where this device has said so before. */
  async mark(conversationId: string, seq: number): Promise<void> {
    const readAt = this.environment.now();
    const told = this.told.get(conversationId) ?? 0;
    const marked = await this.store.transaction("write", (transaction) =>
      addPending(transaction, this.own, { conversationId, seq, readAt }, told),
    );
    if (marked) {
      this.on.changed(conversationId);
      this.gathering ??= this.environment.after(limits.readGatherMs, () => this.flush());
    }
  }

  open(line: Line): void {
    this.closed();
    this.line = line;
    this.flush();
  }

  closed(): void {
    this.line = undefined;
    this.told.clear();
    this.gathering?.();
    this.gathering = undefined;
    this.repeating?.();
    this.repeating = undefined;
  }

  /** Some mark was refused for now; which one, the error does not say. */
  refusedForNow(retryAfterMs: number): void {
    this.repeating ??= this.environment.after(retryAfterMs, () => {
      this.repeating = undefined;
      this.told.clear();
      this.flush();
    });
  }

  private flush(): void {
    this.gathering?.();
    this.gathering = undefined;
    this.tellPending(this.line).catch((failure) => this.on.failed(failure));
  }

  private async tellPending(line: Line | undefined): Promise<void> {
    const pending = await this.store.transaction("read", (transaction) => transaction.pendingReads());
    if (line === undefined || this.line !== line) {
      return;
    }
    for (const read of pending) {
      if (read.seq > (this.told.get(read.conversationId) ?? 0)) {
        this.told.set(read.conversationId, read.seq);
        line.send(markRead(read));
      }
    }
  }
}

function markRead({ conversationId, seq, readAt }: PendingRead): MarkRead {
  return { type: "mark_read", conversationId, messageIds: [], seq, readAt };
}

/** False where this device has read as far before, or there is no such message. */
async function addPending(transaction: Transaction, own: Own, read: PendingRead, told: number): Promise<boolean> {
  const conversation = await transaction.conversation(read.conversationId);
  const ownMark = conversation?.devices.find((device) => device.deviceId === own.deviceId)?.seq ?? 0;
  const pending = (await transaction.pendingReads()).filter((held) => held.conversationId === read.conversationId);
  const newest = pending.at(-1);
  const exists = (await transaction.message(read.conversationId, read.seq)) !== undefined;
  if (!exists || read.seq <= Math.max(ownMark, newest?.seq ?? 0)) {
    return false;
  }
  // One glance is one read: marks that come within the same moment, and were not told yet, are its parts.
  const sameGlance = newest && newest.seq > told && read.readAt - newest.readAt < limits.readGatherMs;
  const replaced = sameGlance ? newest : pending.length >= limits.pendingReads ? pending[0] : undefined;
  if (replaced) {
    await transaction.removePendingReads(read.conversationId, { fromSeq: replaced.seq, toSeq: replaced.seq });
  }
  await transaction.putPendingRead(read);
  return true;
}
