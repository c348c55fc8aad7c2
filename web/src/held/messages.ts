import type { Changed, Client, Conversation, Message } from "@bocau/client";
import { useCallback, useState } from "react";
import { useHeld } from "./useHeld.js";

const pageSize = 50;

export interface Messages {
  /** Undefined until they have been read. */
  readonly messages: readonly Message[] | undefined;
  readonly older: "none" | "more" | "loading" | "failed";
  loadOlder(): void;
}

/** The newest messages of a conversation, and as many older ones as were asked for. */
export function useMessages(client: Client, conversation: Conversation): Messages {
  const { id, hasOlder } = conversation;
  const [limit, setLimit] = useState(pageSize);
  const [fetching, setFetching] = useState<"idle" | "loading" | "failed">("idle");
  const read = useCallback((reader: Client) => reader.messages(id, { limit }), [id, limit]);
  const concerns = useCallback((changed: Changed) => changed.all || changed.conversations.has(id), [id]);
  const messages = useHeld(client, id, read, concerns);

  const held = messages?.filter((message) => message.seq !== undefined) ?? [];
  const lowest = held[0]?.seq;
  const moreHere = held.length >= limit;

  const loadOlder = useCallback(() => {
    if (moreHere) {
      setLimit(limit + pageSize);
    } else if (hasOlder && fetching !== "loading") {
      setFetching("loading");
      client.history(id, lowest ?? Number.MAX_SAFE_INTEGER).then(
        () => {
          setFetching("idle");
          setLimit(limit + pageSize);
        },
        () => setFetching("failed"),
      );
    }
  }, [client, id, lowest, limit, moreHere, hasOlder, fetching]);

  const older = fetching === "idle" ? (moreHere || hasOlder ? "more" : "none") : fetching;
  return { messages, older, loadOlder };
}
