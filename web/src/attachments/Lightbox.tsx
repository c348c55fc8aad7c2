import type { Message } from "@bocau/client";
import { useCallback } from "react";
import { usePanel } from "../held/panel.js";
import { useAnswer } from "../held/useAnswer.js";
import { Icon } from "../parts/Icon.js";
import { useModal } from "../parts/useModal.js";
import { useWords } from "../words/language.js";
import { download } from "./download.js";

/** One image, as large as the page lets it be. */
export function Lightbox({ message, name, onClose }: { message: Message; name: string; onClose(): void }) {
  const words = useWords();
  const { client } = usePanel();
  const dialog = useModal();
  const { conversationId, id = "" } = message;
  const ask = useCallback(() => client.mediaUrls(conversationId, id), [client, conversationId, id]);
  const [urls] = useAnswer(ask);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the image closes it; the keyboard has Escape and the button
    <dialog
      ref={dialog}
      className="lightbox"
      aria-label={name}
      data-testid="lightbox"
      onClose={onClose}
      onClick={(event) => {
        if (!(event.target instanceof HTMLImageElement)) {
          onClose();
        }
      }}
    >
      <header>
        <h2 dir="auto">{name}</h2>
        {urls.state === "here" && (
          <button
            type="button"
            className="icon-button"
            aria-label={words.download(name)}
            onClick={(event) => {
              event.stopPropagation();
              download(urls.value.original, name);
            }}
          >
            <Icon of="download" />
          </button>
        )}
        <button type="button" className="icon-button" aria-label={words.close} onClick={onClose}>
          <Icon of="close" />
        </button>
      </header>
      {urls.state === "here" && <img src={urls.value.original} alt={name} />}
      {urls.state === "failed" && <p>{words.unavailable}</p>}
    </dialog>
  );
}
