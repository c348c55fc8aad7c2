import type { Message } from "@bocau/client";
import type { Words } from "../words/en.js";

/** A message in one line. */
export function summaryOf(
  message: Pick<Message, "kind" | "content" | "recalledAt" | "media" | "file">,
  words: Words,
): string {
  if (message.recalledAt !== undefined) {
    return words.recalled;
  }
  const { content, media, file } = message;
  const kinds: Record<string, string> = {
    text: content,
    image: content || words.image,
    file: content || media?.name || file?.name || words.file,
  };
  return kinds[message.kind] ?? words.unknownKind;
}
