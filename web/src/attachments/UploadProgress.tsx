import type { OutgoingFile } from "@bocau/client";
import { Icon } from "../parts/Icon.js";
import { useWords } from "../words/language.js";

/** How far a file has come, and a way to take it back. */
export function UploadProgress({ file, onCancel }: { file: OutgoingFile; onCancel(): void }) {
  const words = useWords();
  return (
    <span className="upload">
      <progress
        data-testid="upload-progress"
        aria-label={words.uploading(file.name)}
        max={file.bytes}
        value={file.uploaded}
      />
      {file.uploaded < file.bytes && (
        <button
          type="button"
          className="icon-button"
          data-testid="upload-cancel"
          aria-label={words.cancelUpload(file.name)}
          onClick={onCancel}
        >
          <Icon of="close" />
        </button>
      )}
    </span>
  );
}
