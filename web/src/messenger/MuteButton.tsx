import type { Conversation } from "@bocau/client";
import { usePanel } from "../held/panel.js";
import { Icon } from "../parts/Icon.js";
import { useWords } from "../words/language.js";

/** Later than any message; what the server keeps is a time. */
const forGood = Date.UTC(9999, 0);

/** Whether this user is notified of a conversation, on all devices. */
export function MuteButton({ conversation }: { conversation: Conversation }) {
  const words = useWords();
  const { client } = usePanel();
  const muted = conversation.mutedUntil > Date.now();
  const label = muted ? words.unmute : words.mute;
  return (
    <button
      type="button"
      className="icon-button"
      data-testid="mute"
      aria-pressed={muted}
      aria-label={label}
      title={label}
      // Without a connection nothing happens, and the bell says so by staying as it is.
      onClick={() => void client.mute(conversation.id, muted ? 0 : forGood).catch(() => {})}
    >
      <Icon of={muted ? "muted" : "bell"} />
    </button>
  );
}
