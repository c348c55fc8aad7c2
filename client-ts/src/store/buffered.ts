import type { HeldConversation, HeldMessage } from "../held/held.js";
import type { Transaction } from "./store.js";

export interface BufferedTransaction extends Transaction {
  /** Writes what is still held back; the last thing to do with it. */
  flush(): Promise<void>;
}

/**
 * A transaction that reads a conversation once and holds writes of conversations and messages back, to write them all at
 * once. A page of messages is then not three requests for each, one after the other: in a browser that is the difference
 * between seconds and moments. Whatever else is asked of it comes after what was held back.
 */
export function buffered(inner: Transaction): BufferedTransaction {
  const conversations = new Map<string, HeldConversation | undefined>();
  const newestSeqs = new Map<string, number>();
  const dirtyConversations = new Map<string, HeldConversation>();
  const dirtyMessages = new Map<string, HeldMessage>();

  async function flush(): Promise<void> {
    const writes = [
      ...[...dirtyConversations.values()].map((conversation) => inner.putConversation(conversation)),
      ...[...dirtyMessages.values()].map((message) => inner.putMessage(message)),
    ];
    for (const { conversationId, seq } of dirtyMessages.values()) {
      newestSeqs.set(conversationId, Math.max(seq, newestSeqs.get(conversationId) ?? 0));
    }
    dirtyConversations.clear();
    dirtyMessages.clear();
    await Promise.all(writes);
  }

  function after<Given extends readonly unknown[], T>(
    act: (...given: Given) => Promise<T>,
  ): (...given: Given) => Promise<T> {
    return async (...given) => {
      await flush();
      return act(...given);
    };
  }

  /** What is known is not true any more. */
  function forgetting<Given extends readonly unknown[]>(
    act: (...given: Given) => Promise<void>,
  ): (...given: Given) => Promise<void> {
    return async (...given) => {
      await flush();
      await act(...given);
      conversations.clear();
      newestSeqs.clear();
    };
  }

  async function newestSeq(conversationId: string): Promise<number> {
    let newest = newestSeqs.get(conversationId);
    if (newest === undefined) {
      const [message] = await inner.messages(conversationId, { limit: 1 });
      newest = message?.seq ?? 0;
      newestSeqs.set(conversationId, newest);
    }
    return newest;
  }

  return {
    ...inner,
    flush,

    async conversation(id) {
      if (!conversations.has(id)) {
        conversations.set(id, await inner.conversation(id));
      }
      return conversations.get(id);
    },
    async putConversation(conversation) {
      conversations.set(conversation.id, conversation);
      dirtyConversations.set(conversation.id, conversation);
    },
    conversations: after(inner.conversations),

    async message(conversationId, seq) {
      const held = dirtyMessages.get(keyOf(conversationId, seq));
      if (held !== undefined || seq > (await newestSeq(conversationId))) {
        return held;
      }
      return inner.message(conversationId, seq);
    },
    async putMessage(message) {
      dirtyMessages.set(keyOf(message.conversationId, message.seq), message);
    },
    messages: after(inner.messages),
    lowestSeq: after(inner.lowestSeq),
    countMessages: after(inner.countMessages),
    removeMessagesBelow: forgetting(inner.removeMessagesBelow),
    removeConversation: forgetting(inner.removeConversation),
    forget: forgetting(inner.forget),
  };
}

function keyOf(conversationId: string, seq: number): string {
  return `${seq}/${conversationId}`;
}
