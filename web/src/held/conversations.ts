import { type Changed, type Client, type Conversation, newestFirst } from "@bocau/client";
import { useEffect, useState } from "react";
import { Readings } from "./useHeld.js";

/** All conversations, those with the newest messages first; undefined until they have been read. */
export function useConversations(client: Client): readonly Conversation[] | undefined {
  const [conversations, setConversations] = useState<readonly Conversation[]>();
  useEffect(() => {
    const list = new ConversationListReader(client);
    const readings = new Readings(() => list.read(), setConversations);
    const stopListening = client.on("changed", (changed) => {
      list.changed(changed);
      readings.request();
    });
    readings.request();
    return () => {
      readings.stop();
      stopListening();
    };
  }, [client]);
  return conversations;
}

/** Reads all of them once, and then only those that change: one message must not cost a reading of them all. */
class ConversationListReader {
  private readonly known = new Map<string, Conversation>();
  private stale = new Set<string>();
  private allStale = true;

  constructor(private readonly client: Client) {}

  changed({ all, conversations }: Changed): void {
    this.allStale ||= all;
    for (const id of conversations) {
      this.stale.add(id);
    }
  }

  async read(): Promise<readonly Conversation[]> {
    const { stale, allStale } = this;
    this.stale = new Set();
    this.allStale = false;
    if (allStale) {
      const all = await this.client.conversations();
      this.known.clear();
      for (const conversation of all) {
        this.known.set(conversation.id, conversation);
      }
    } else {
      for (const id of stale) {
        const conversation = await this.client.conversation(id);
        if (conversation === undefined) {
          this.known.delete(id);
        } else {
          this.known.set(id, conversation);
        }
      }
    }
    return [...this.known.values()].sort(newestFirst);
  }
}
