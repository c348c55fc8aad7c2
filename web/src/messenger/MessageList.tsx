import type { Conversation, Message } from "@bocau/client";
import { Fragment, type RefObject, useMemo } from "react";
import type { Messages } from "../held/messages.js";
import { usePanel } from "../held/panel.js";
import { Icon } from "../parts/Icon.js";
import { useLocale, useWords } from "../words/language.js";
import { Bubble } from "./Bubble.js";
import type { MessageAction } from "./MessageMenu.js";
import { useScrolling } from "./scrolling.js";
import { placed } from "./timeline.js";
import { dayOf } from "./when.js";

interface Props {
  readonly conversation: Conversation;
  readonly held: Messages;
  readonly list: RefObject<HTMLDivElement | null>;
  onAction(action: MessageAction, message: Message): void;
}

export function MessageList({ conversation, held, list, onAction }: Props) {
  const words = useWords();
  const locale = useLocale();
  const { nameOf } = usePanel();
  const { messages, older, loadOlder } = held;
  const { atNewest, toNewest, onScroll } = useScrolling(list, messages, () => {
    if (older === "more") {
      loadOlder();
    }
  });
  const rows = useMemo(() => placed(messages ?? [], conversation.readSeq), [messages, conversation.readSeq]);
  const readHere = useReadElsewhere(conversation, messages);
  const now = Date.now();

  return (
    <div className="message-area">
      <div
        className="message-scroller"
        ref={list}
        onScroll={onScroll}
        role="log"
        // What is new is read out by `Announcements`, once for all lists.
        aria-live="off"
        aria-label={words.messages}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <Older state={older} loadOlder={loadOlder} />
        {messages?.length === 0 && <p className="empty">{words.noMessages}</p>}
        <ol className="message-list">
          {rows.map((row) => (
            <Fragment key={row.message.key}>
              {row.newDay && (
                <li className="day">
                  <span>{dayOf(row.message.timestamp, now, locale, words)}</span>
                </li>
              )}
              {row.firstUnread && (
                <li className="first-unread" data-first-unread="">
                  <span>{words.newMessages}</span>
                </li>
              )}
              <Bubble
                placed={row}
                sender={conversation.kind === "group" && !row.message.own ? nameOf(row.message.senderId) : undefined}
                onAction={onAction}
              />
              {readHere !== undefined && row.message.seq === readHere.seq && (
                <li className="read-on" data-testid="read-on">
                  <Icon of="eye" /> {words.readOn(readHere.device)}
                </li>
              )}
            </Fragment>
          ))}
        </ol>
      </div>
      {!atNewest && (
        <button
          type="button"
          className="jump"
          data-testid="jump-newest"
          aria-label={words.jumpToNewest}
          onClick={toNewest}
        >
          <Icon of="down" />
          {conversation.unread > 0 && <span className="badge">{conversation.unread}</span>}
        </button>
      )}
    </div>
  );
}

function Older({ state, loadOlder }: { state: Messages["older"]; loadOlder(): void }) {
  const words = useWords();
  if (state === "none") {
    return null;
  }
  return (
    <p className="older">
      {state === "failed" && words.olderFailed}{" "}
      {state === "loading" ? (
        words.loadingOlder
      ) : (
        <button type="button" className="quiet-button" data-testid="load-older" onClick={loadOlder}>
          {state === "failed" ? words.tryAgain : words.loadOlder}
        </button>
      )}
    </p>
  );
}

/** The newest message of others that this user has read on another device than this one, and which that was. */
function useReadElsewhere(conversation: Conversation, messages: readonly Message[] | undefined) {
  const { client, deviceNameOf } = usePanel();
  const { lastRead } = conversation;
  if (lastRead === undefined || lastRead.deviceId === client.deviceId) {
    return undefined;
  }
  const newest = messages?.findLast(
    (message) => !message.own && (message.seq ?? Number.POSITIVE_INFINITY) <= lastRead.seq,
  );
  return newest?.seq === undefined ? undefined : { seq: newest.seq, device: deviceNameOf(lastRead) };
}
