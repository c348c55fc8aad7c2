import type { ErrorFrame, MessageReceived } from "../../src/index.js";
import { conversation, noon, snapshot } from "../frames.js";
import { type Peer, Talk } from "./talk.js";

export function received(localId: string, seq: number, changes: Partial<MessageReceived> = {}): MessageReceived {
  return {
    type: "message_received",
    localId,
    serverId: `m${seq}`,
    conversationId: "c1",
    seq,
    timestamp: noon + seq,
    status: "received",
    ...changes,
  };
}

export function later(localId: string, retryAfterMs?: number): ErrorFrame {
  const error: ErrorFrame = { type: "error", code: 4301, reason: "later", localId, conversationId: "c1" };
  return retryAfterMs === undefined ? error : { ...error, retryAfterMs };
}

export async function talking(
  options: ConstructorParameters<typeof Talk>[0] = {},
): Promise<{ talk: Talk; server: Peer }> {
  const talk = new Talk(options);
  const server = await talk.online();
  await server.sends(snapshot([conversation()]));
  await talk.clock.passes(100);
  await server.expects({ type: "ack" });
  return { talk, server };
}

export const ticks = async (talk: Talk) => (await talk.client.messages("c1")).map((sent) => sent.tick);
