import type { Failure, OutboxItem } from "../held/held.js";
import { codes } from "../protocol/codes.js";
import type { EditMessage, RecallMessage, SendMessage } from "../protocol/frames.js";
import { encodeFrame } from "../protocol/json.js";
import type { Line } from "./line.js";

/** The frame that tells the server what the user wants. */
export function frameOf({
  localId,
  conversationId,
  intent,
  upload,
}: OutboxItem): SendMessage | EditMessage | RecallMessage {
  switch (intent.kind) {
    case "send":
      return {
        type: "send_message",
        localId,
        conversationId,
        kind: intent.messageKind,
        content: intent.content,
        timestamp: intent.writtenAt,
        ...(intent.readSeq === undefined ? {} : { readSeq: intent.readSeq }),
        ...(upload === undefined ? {} : { mediaId: upload.id }),
      };
    case "edit":
      return {
        type: "edit_message",
        localId,
        conversationId,
        messageId: intent.messageId,
        content: intent.content,
      };
    case "recall":
      return { type: "recall_message", localId, conversationId, messageId: intent.messageId };
  }
}

/**
 * The refusal that the server would answer with. Such a frame must never leave: a frame too large ends the connection
 * without naming its localId, and would be sent again in the next one, for ever.
 */
export function tooLarge(item: OutboxItem, terms: Line["terms"]): Failure | undefined {
  const contentBytes = item.intent.kind === "recall" ? 0 : bytesOf(item.intent.content);
  if (contentBytes > terms.maxContentBytes) {
    return { code: codes.content_too_large, reason: `longer than ${terms.maxContentBytes} bytes` };
  }
  if (bytesOf(encodeFrame(frameOf(item))) > terms.maxFrameBytes) {
    return { code: codes.frame_too_large, reason: `its frame is longer than ${terms.maxFrameBytes} bytes` };
  }
  return undefined;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
