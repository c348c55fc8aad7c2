import type { Message } from "@bocau/client";
import { FileCard } from "./FileCard.js";
import { Picture } from "./Picture.js";

interface Props {
  readonly message: Message;
  /** It is on its way up, and is not to be sent after all. */
  onCancel(): void;
}

/** What a message carries, or is to carry. */
export function Attachment({ message, onCancel }: Props) {
  return message.kind === "image" ? (
    <Picture message={message} onCancel={onCancel} />
  ) : (
    <FileCard message={message} onCancel={onCancel} />
  );
}
