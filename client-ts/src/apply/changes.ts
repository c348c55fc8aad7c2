import type { HeldMessage } from "../held/held.js";

/** What applying a frame did to what the device holds; nothing for a frame that repeats what was known. */
export type Change =
  /** Everything was forgotten; what follows is new. */
  | { readonly type: "reset" }
  /** The conversation, one of its messages or marks, or something that waits to be sent to it. */
  | { readonly type: "conversation"; readonly conversationId: string }
  | { readonly type: "removed"; readonly conversationId: string }
  /** A message that this device did not know, in contrast to one that a snapshot repeats. */
  | { readonly type: "arrived"; readonly message: HeldMessage }
  /** The server has answered, one way or the other: it no longer waits for an answer. */
  | { readonly type: "answered"; readonly localId: string };

export function conversationChanged(conversationId: string): Change {
  return { type: "conversation", conversationId };
}
