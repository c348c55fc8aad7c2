import { Icon } from "../parts/Icon.js";
import { useLocale, useWords } from "../words/language.js";
import { sizeOf } from "./size.js";
import { useObjectUrl } from "./useObjectUrl.js";

/** What is going to be sent with what is being written. */
export function Attached({ files, onRemove }: { files: readonly File[]; onRemove(file: File): void }) {
  return (
    <ul className="attached" data-testid="attached">
      {files.map((file, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same file may be there twice
        <Staged key={`${index} ${file.name}`} file={file} onRemove={() => onRemove(file)} />
      ))}
    </ul>
  );
}

function Staged({ file, onRemove }: { file: File; onRemove(): void }) {
  const words = useWords();
  const locale = useLocale();
  const picture = useObjectUrl(file.type.startsWith("image/") ? file : undefined);
  return (
    <li>
      {picture ? <img src={picture} alt="" /> : <Icon of="file" />}
      <span className="file-name" dir="auto">
        {file.name}
      </span>
      <span className="file-size">{sizeOf(file.size, locale)}</span>
      <button type="button" className="icon-button" aria-label={words.removeFile(file.name)} onClick={onRemove}>
        <Icon of="close" />
      </button>
    </li>
  );
}
