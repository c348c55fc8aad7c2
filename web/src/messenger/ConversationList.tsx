import type { Conversation, Message } from "@bocau/client";
import { usePanel } from "../held/panel.js";
import { useLocale, useWords } from "../words/language.js";
import { Avatar } from "./Avatar.js";
import { summaryOf } from "./summary.js";
import { Tick } from "./Tick.js";
import { useTitle } from "./title.js";
import { UnreadBadge } from "./UnreadBadge.js";
import { briefly } from "./when.js";

interface Props {
  readonly conversations: readonly Conversation[];
  readonly open: string | undefined;
  onOpen(id: string): void;
}

export function ConversationList({ conversations, open, onOpen }: Props) {
  const words = useWords();
  if (conversations.length === 0) {
    return (
      <div className="empty">
        <strong>{words.noConversations}</strong>
        <p>{words.noConversationsHint}</p>
      </div>
    );
  }
  return (
    <ul className="conversation-list">
      {conversations.map((conversation) => (
        <Row
          key={conversation.id}
          conversation={conversation}
          isOpen={conversation.id === open}
          onOpen={() => onOpen(conversation.id)}
        />
      ))}
    </ul>
  );
}

function Row({ conversation, isOpen, onOpen }: { conversation: Conversation; isOpen: boolean; onOpen(): void }) {
  const title = useTitle(conversation);
  const locale = useLocale();
  const { lastMessage, unread } = conversation;
  return (
    <li>
      <button
        type="button"
        className={`conversation-row${unread > 0 ? " has-unread" : ""}`}
        data-testid="conversation-row"
        data-conversation={conversation.id}
        aria-current={isOpen}
        onClick={onOpen}
      >
        <Avatar id={conversation.id} name={title} />
        <span className="row-title" dir="auto">
          {title}
        </span>
        <span className="row-time">{lastMessage && briefly(lastMessage.timestamp, Date.now(), locale)}</span>
        <span className="row-last">{lastMessage && <LastLine message={lastMessage} of={conversation} />}</span>
        <UnreadBadge count={unread} />
      </button>
    </li>
  );
}

function LastLine({ message, of }: { message: Message; of: Conversation }) {
  const words = useWords();
  const { nameOf } = usePanel();
  const inGroup = of.kind === "group";
  const who = message.own ? words.you : inGroup ? nameOf(message.senderId) : undefined;
  return (
    <>
      {message.tick && <Tick state={message.tick} />}
      <span className="row-text" dir="auto">
        {who && `${who}: `}
        {summaryOf(message, words)}
      </span>
    </>
  );
}
