import type { Message } from "@bocau/client";
import { useState } from "react";
import { usePanel } from "../held/panel.js";
import { Icon } from "../parts/Icon.js";
import { useLocale, useWords } from "../words/language.js";
import { download } from "./download.js";
import { sizeOf } from "./size.js";
import { UploadProgress } from "./UploadProgress.js";

/** A file in a message: its name and size; it is fetched when it is touched. */
export function FileCard({ message, onCancel }: { message: Message; onCancel(): void }) {
  const words = useWords();
  const locale = useLocale();
  const { client } = usePanel();
  const [failed, setFailed] = useState(false);
  const { conversationId, id, media, file } = message;
  const name = media?.name || file?.name || words.file;
  const bytes = media?.bytes ?? file?.bytes ?? 0;

  async function fetchIt(): Promise<void> {
    if (id !== undefined) {
      try {
        download((await client.mediaUrls(conversationId, id)).original, name);
        setFailed(false);
      } catch {
        setFailed(true);
      }
    }
  }

  return (
    <span className="file-card" data-testid="file-card">
      <button
        type="button"
        disabled={media === undefined}
        aria-label={words.download(name)}
        onClick={() => void fetchIt()}
      >
        <Icon of={media ? "download" : "file"} />
        <span className="file-name" dir="auto">
          {name}
        </span>
        <span className="file-size">{failed ? words.unavailable : sizeOf(bytes, locale)}</span>
      </button>
      {file && !message.failure && <UploadProgress file={file} onCancel={onCancel} />}
    </span>
  );
}
