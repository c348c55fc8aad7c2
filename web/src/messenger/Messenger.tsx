import { type ReactNode, useState } from "react";
import { useConversations } from "../held/conversations.js";
import { usePanel } from "../held/panel.js";
import { useWords } from "../words/language.js";
import { Announcements } from "./Announcements.js";
import { ConnectionBanner } from "./ConnectionBanner.js";
import { ConversationList } from "./ConversationList.js";
import { ConversationPane } from "./ConversationPane.js";
import { type Draft, emptyDraft } from "./draft.js";

interface Props {
  /** The conversation on the screen; undefined: the list. */
  readonly open: string | undefined;
  onOpen(id: string | undefined): void;
  /** Above the list. */
  readonly head: ReactNode;
  /** Whether opening a conversation puts the cursor where one writes. */
  readonly focusComposer: boolean;
}

/** One device's whole messenger. It fits the place that it is given: list and conversation side by side, or one at a time. */
export function Messenger({ open, onOpen, head, focusComposer }: Props) {
  const words = useWords();
  const { client } = usePanel();
  const conversations = useConversations(client);
  const [drafts, setDrafts] = useState<ReadonlyMap<string, Draft>>(new Map());
  const shown = conversations?.find((conversation) => conversation.id === open);

  return (
    <div className="messenger-frame">
      <div className={`messenger${shown ? " shows-conversation" : ""}`}>
        <ConnectionBanner />
        <nav className="sidebar" aria-label={words.conversations}>
          {head}
          {conversations && <ConversationList conversations={conversations} open={open} onOpen={onOpen} />}
        </nav>
        <div className="main">
          {shown ? (
            <ConversationPane
              key={shown.id}
              conversation={shown}
              draft={drafts.get(shown.id) ?? emptyDraft}
              autoFocus={focusComposer}
              onDraft={(draft) => setDrafts((before) => new Map(before).set(shown.id, draft))}
              onBack={() => onOpen(undefined)}
            />
          ) : (
            <div className="empty">
              <strong>{words.pickConversation}</strong>
              <p>{words.pickConversationHint}</p>
            </div>
          )}
        </div>
        <Announcements />
      </div>
    </div>
  );
}
