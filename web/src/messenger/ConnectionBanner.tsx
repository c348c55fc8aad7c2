import type { ConnectionState } from "@bocau/client";
import { usePanel } from "../held/panel.js";
import { useConnection } from "../held/useHeld.js";
import type { Words } from "../words/en.js";
import { useWords } from "../words/language.js";

/** Says when something is the matter with the connection, and what one can do. Online, it is not to be seen. */
export function ConnectionBanner() {
  const words = useWords();
  const { client, signInAgain } = usePanel();
  const state = useConnection(client);
  const { text, button, press } = bannerOf(state, words, {
    nudge: () => client.nudge(),
    start: () => client.start(),
    signInAgain,
  });
  return (
    <div className={`banner banner-${state.name}`} data-testid="connection-state" data-state={state.name} role="status">
      <span>{text}</span>
      {button && (
        <button type="button" data-testid="connection-action" onClick={press}>
          {button}
        </button>
      )}
    </div>
  );
}

type Acts = Record<"nudge" | "start" | "signInAgain", () => void>;

interface Banner {
  readonly text: string;
  readonly button?: string;
  readonly press?: () => void;
}

function bannerOf(state: ConnectionState, words: Words, act: Acts): Banner {
  switch (state.name) {
    case "offline":
      return { text: words.offlineHint };
    case "waiting":
      return { text: words.waitingHint, button: words.tryNow, press: act.nudge };
    case "replaced":
      return { text: words.replacedHint, button: words.useHere, press: act.start };
    case "signed-out":
      return { text: words.signedOutHint, button: words.signInAgain, press: act.signInAgain };
    case "refused":
      return { text: words.refusedHint(state.reason), button: words.tryAgain, press: act.start };
    default:
      return { text: words.states[state.name] };
  }
}
