import { applyFrame } from "../src/apply/apply.js";
import type { Change } from "../src/apply/changes.js";
import type { Intent, OutboxItem } from "../src/held/held.js";
import { type Conversation, type Message, memoryStore, type ServerFrame, type Store } from "../src/index.js";
import { buffered } from "../src/store/buffered.js";
import { viewConversation, viewConversations, viewMessages } from "../src/views/conversation.js";
import { noon, own } from "./frames.js";

/** What a device holds, without a connection: frames go in, views come out. */
export class Holding {
  readonly store: Store = memoryStore();

  async apply(...frames: readonly ServerFrame[]): Promise<readonly Change[]> {
    return this.store.transaction("write", async (inner) => {
      const transaction = buffered(inner);
      const changes: Change[] = [];
      for (const frame of frames) {
        changes.push(...(await applyFrame(transaction, own, frame)));
      }
      await transaction.flush();
      return changes;
    });
  }

  async waits(localId: string, intent: Partial<Intent> = {}, conversationId = "c1"): Promise<void> {
    const sending = { kind: "send", messageKind: "text", content: localId, writtenAt: noon } as const;
    await this.store.transaction("write", async (transaction) => {
      const order = (await transaction.outbox()).length + 1;
      const item = { localId, conversationId, order, intent: { ...sending, ...intent } as Intent };
      await transaction.putOutboxItem(item);
    });
  }

  async read(seq: number, readAt = noon): Promise<void> {
    await this.store.transaction("write", (transaction) =>
      transaction.putPendingRead({ conversationId: "c1", seq, readAt }),
    );
  }

  position(): Promise<string | undefined> {
    return this.store.transaction("read", (transaction) => transaction.position());
  }

  outbox(): Promise<readonly OutboxItem[]> {
    return this.store.transaction("read", (transaction) => transaction.outbox());
  }

  async pendingReads(): Promise<readonly number[]> {
    const pending = await this.store.transaction("read", (transaction) => transaction.pendingReads());
    return pending.map((read) => read.seq);
  }

  async conversation(id = "c1"): Promise<Conversation> {
    const view = await this.store.transaction("read", (transaction) => viewConversation(transaction, own, id));
    if (view === undefined) {
      throw new Error(`no conversation ${id}`);
    }
    return view;
  }

  conversations(): Promise<readonly Conversation[]> {
    return this.store.transaction("read", (transaction) => viewConversations(transaction, own));
  }

  messages(id = "c1"): Promise<readonly Message[]> {
    return this.store.transaction("read", (transaction) => viewMessages(transaction, own, id, { limit: 1_000 }));
  }

  async contents(id = "c1"): Promise<readonly string[]> {
    return (await this.messages(id)).map((message) => message.content);
  }

  /** Everything there is to see, for comparing two devices; `recent` messages are those that a snapshot tells. */
  async everything(): Promise<unknown> {
    const conversations = await this.conversations();
    return Promise.all(
      conversations.map(async ({ lastRead, ...conversation }) => ({
        ...conversation,
        members: [...conversation.members].sort((a, b) => a.userId.localeCompare(b.userId)),
        // A snapshot does not tell the device's type and platform.
        ...(lastRead ? { lastRead: { deviceId: lastRead.deviceId, seq: lastRead.seq, readAt: lastRead.readAt } } : {}),
        messages: await this.messages(conversation.id),
      })),
    );
  }
}
