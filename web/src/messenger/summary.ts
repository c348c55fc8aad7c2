import type { Message } from "@bocau/client";
import type { Words } from "../words/en.js";

/** A message in one line. */
export function summaryOf(message: Pick<Message, "kind" | "content" | "recalledAt">, words: Words): string {
  if (message.recalledAt !== undefined) {
    return words.recalled;
  }
  const kinds: Record<string, string> = { text: message.content, image: words.image, file: words.file };
  return kinds[message.kind] ?? words.unknownKind;
}
