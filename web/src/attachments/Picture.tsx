import type { Media, Message } from "@bocau/client";
import { useCallback, useState } from "react";
import { usePanel } from "../held/panel.js";
import { useAnswer } from "../held/useAnswer.js";
import { Icon } from "../parts/Icon.js";
import { useWords } from "../words/language.js";
import { Blur } from "./Blur.js";
import { Lightbox } from "./Lightbox.js";
import { UploadProgress } from "./UploadProgress.js";
import { useOutgoing } from "./useOutgoing.js";

const widest = 280;
const highest = 320;
const least = 72;

/** An image in a message: a blur at once, then its thumbnail, and all of it when it is touched. */
export function Picture({ message, onCancel }: { message: Message; onCancel(): void }) {
  const words = useWords();
  const outgoing = useOutgoing(message);
  const [large, setLarge] = useState(false);
  const { media, file } = message;
  const name = media?.name || file?.name || words.image;
  return (
    <span className="picture" style={media && sizeOf(media)}>
      {media?.blurhash && <Blur hash={media.blurhash} />}
      {outgoing && <img className="outgoing" src={outgoing} alt={media ? "" : name} data-testid="outgoing-picture" />}
      {media && <Thumbnail message={message} name={name} onOpen={() => setLarge(true)} />}
      {file && !message.failure && <UploadProgress file={file} onCancel={onCancel} />}
      {large && <Lightbox message={message} name={name} onClose={() => setLarge(false)} />}
    </span>
  );
}

function Thumbnail({ message, name, onOpen }: { message: Message; name: string; onOpen(): void }) {
  const words = useWords();
  const { client } = usePanel();
  const { conversationId, id = "" } = message;
  const ask = useCallback(
    (again: boolean) => client.mediaUrls(conversationId, id, { again }),
    [client, conversationId, id],
  );
  const [urls, askAgain] = useAnswer(ask);
  const [shown, setShown] = useState<"not-yet" | "here" | "failed">("not-yet");
  if (urls.state === "failed" || shown === "failed") {
    const again = () => {
      setShown("not-yet");
      askAgain();
    };
    return (
      <button type="button" className="picture-again" onClick={again}>
        <Icon of="image" /> {words.tryAgain}
      </button>
    );
  }
  if (urls.state === "loading") {
    return null;
  }
  return (
    <button type="button" className="picture-open" aria-label={words.open(name)} onClick={onOpen}>
      <img
        className={shown}
        data-testid="picture"
        src={urls.value.thumbnail ?? urls.value.original}
        alt={name}
        onLoad={() => setShown("here")}
        onError={() => setShown("failed")}
      />
    </button>
  );
}

/** The place that it takes, before anything of it is here. */
function sizeOf({ width, height }: Media): React.CSSProperties {
  if (!width || !height) {
    return {};
  }
  const scale = Math.min(1, widest / width, highest / height);
  return { width: Math.max(least, Math.round(width * scale)), aspectRatio: `${width} / ${height}`, minHeight: least };
}
