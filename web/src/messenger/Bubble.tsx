import type { Message } from "@bocau/client";
import { useState } from "react";
import { Attachment } from "../attachments/Attachment.js";
import { Icon } from "../parts/Icon.js";
import { useLocale, useWords } from "../words/language.js";
import { type MessageAction, MessageMenu } from "./MessageMenu.js";
import { Tick } from "./Tick.js";
import { isEmojiOnly, pieces } from "./text.js";
import type { Placed } from "./timeline.js";
import { exactly, timeOf } from "./when.js";

interface Props {
  readonly placed: Placed;
  /** Who sent it, where that has to be said. */
  readonly sender: string | undefined;
  onAction(action: MessageAction, message: Message): void;
}

export function Bubble({ placed, sender, onAction }: Props) {
  const { message, joinsAbove, joinsBelow } = placed;
  const [menuOpen, setMenuOpen] = useState(false);
  const bare = message.kind === "text" && message.recalledAt === undefined && isEmojiOnly(message.content);
  const side = message.own ? "own" : "other";
  const pictured = message.kind === "image" && carries(message);
  const joins = `${joinsAbove ? " joins-above" : ""}${joinsBelow ? " joins-below" : ""}`;
  return (
    <li
      className={`message ${side}${joins}${bare ? " bare" : ""}${pictured ? " pictured" : ""}`}
      data-testid="message"
      data-seq={message.seq}
      data-local-id={message.localId}
      data-tick={message.tick}
    >
      {sender && !joinsAbove && <span className="sender">{sender}</span>}
      <div className={`bubble-row${menuOpen ? " menu-open" : ""}`}>
        <div className="bubble">
          <Content message={message} onCancel={() => onAction("discard", message)} />
          <Foot message={message} />
        </div>
        <MessageMenu message={message} onOpen={setMenuOpen} onAction={(action) => onAction(action, message)} />
      </div>
      <Failed message={message} onAction={onAction} />
    </li>
  );
}

function carries(message: Message): boolean {
  return (message.media !== undefined || message.file !== undefined) && message.recalledAt === undefined;
}

function Content({ message, onCancel }: { message: Message; onCancel(): void }) {
  const words = useWords();
  if (message.recalledAt !== undefined) {
    return <span className="content recalled">{words.recalled}</span>;
  }
  if (carries(message)) {
    return (
      <>
        <Attachment message={message} onCancel={onCancel} />
        {message.content && <Text content={message.content} />}
      </>
    );
  }
  switch (message.kind) {
    case "text":
      return <Text content={message.content} />;
    case "image":
      return (
        <span className="content attachment">
          <Icon of="image" /> {words.image}
        </span>
      );
    case "file":
      return (
        <span className="content attachment">
          <Icon of="file" /> {words.file}
        </span>
      );
    default:
      return <span className="content recalled">{words.unknownKind}</span>;
  }
}

function Text({ content }: { content: string }) {
  return (
    <span className="content" dir="auto">
      {pieces(content).map((piece) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a key={piece.at} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ),
      )}
    </span>
  );
}

/** Time, "edited" and tick. */
function Foot({ message }: { message: Message }) {
  const words = useWords();
  const locale = useLocale();
  const changing = message.change !== undefined && message.change.failure === undefined;
  const edited = message.editedAt !== undefined && message.recalledAt === undefined;
  return (
    <span className="foot">
      {changing && <span>{words.changing}</span>}
      {edited && !changing && <span>{words.edited}</span>}
      <time dateTime={new Date(message.timestamp).toISOString()} title={exactly(message.timestamp, locale)}>
        {timeOf(message.timestamp, locale)}
      </time>
      {message.tick && <Tick state={message.tick} />}
    </span>
  );
}

/** What was refused for good, and what one can do about it. */
function Failed({ message, onAction }: { message: Message; onAction: Props["onAction"] }) {
  const words = useWords();
  const failure = message.failure ?? message.change?.failure;
  if (failure === undefined) {
    return null;
  }
  return (
    <div className="failed" role="alert">
      <span>
        {message.failure ? words.failed : words.changeFailed}: {failure.reason}
      </span>
      <button type="button" data-testid="retry" onClick={() => onAction("retry", message)}>
        {words.tryAgain}
      </button>
      <button type="button" data-testid="discard" onClick={() => onAction("discard", message)}>
        {words.discard}
      </button>
    </div>
  );
}
