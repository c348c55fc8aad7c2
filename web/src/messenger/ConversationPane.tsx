import type { Conversation, Message } from "@bocau/client";
import { type DragEvent, useRef, useState } from "react";
import { droppedFiles } from "../attachments/given.js";
import { useMessages } from "../held/messages.js";
import { usePanel } from "../held/panel.js";
import { Icon } from "../parts/Icon.js";
import { useWords } from "../words/language.js";
import { Avatar } from "./Avatar.js";
import { Composer } from "./Composer.js";
import type { Draft } from "./draft.js";
import { MessageList } from "./MessageList.js";
import type { MessageAction } from "./MessageMenu.js";
import { MuteButton } from "./MuteButton.js";
import { useReading } from "./reading.js";
import { StatusDialog } from "./StatusDialog.js";
import { useTitle } from "./title.js";
import { UnreadBadge } from "./UnreadBadge.js";

interface Props {
  readonly conversation: Conversation;
  readonly draft: Draft;
  /** The user has just opened it, to write. */
  readonly autoFocus: boolean;
  onDraft(draft: Draft): void;
  /** Absent where there is no list to go back to. */
  readonly onBack: (() => void) | undefined;
}

/** One conversation: who is in it, what was said, and where to write. */
export function ConversationPane({ conversation, draft, autoFocus, onDraft, onBack }: Props) {
  const words = useWords();
  const { client, lookedAt } = usePanel();
  const title = useTitle(conversation);
  const list = useRef<HTMLDivElement>(null);
  const held = useMessages(client, conversation);
  const newestVisible = useReading(client, conversation.id, list, held.messages, lookedAt);
  const [editing, setEditing] = useState<{ id: string; content: string }>();
  const [asked, setAsked] = useState<Message>();
  const [dragging, setDragging] = useState(false);

  function onAction(action: MessageAction, message: Message): void {
    const { id } = message;
    const waiting = message.change?.localId ?? message.localId;
    switch (action) {
      case "copy":
        void navigator.clipboard?.writeText(message.content);
        break;
      case "edit":
        setEditing(id === undefined ? undefined : { id, content: message.content });
        break;
      case "recall":
        void (id && client.recall(conversation.id, id));
        break;
      case "details":
        setAsked(message);
        break;
      case "retry":
        void (waiting && client.retry(waiting));
        break;
      case "discard":
        void (waiting && client.discard(waiting));
        break;
    }
  }

  async function send(content: string, file: File | undefined): Promise<void> {
    const readSeq = newestVisible();
    await client.send(conversation.id, content, {
      ...(readSeq === undefined ? {} : { readSeq }),
      ...(file === undefined ? {} : { file }),
    });
  }

  function onDragOver(event: DragEvent): void {
    if (event.dataTransfer.types.includes("Files") && !editing) {
      event.preventDefault();
      setDragging(true);
    }
  }

  function onDragLeave(event: DragEvent): void {
    if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) {
      setDragging(false);
    }
  }

  function onDrop(event: DragEvent): void {
    setDragging(false);
    if (event.dataTransfer.types.includes("Files") && !editing) {
      event.preventDefault();
      onDraft({ ...draft, files: [...draft.files, ...droppedFiles(event.dataTransfer)] });
    }
  }

  async function save(content: string): Promise<void> {
    if (editing && content !== editing.content) {
      await client.edit(conversation.id, editing.id, content);
    }
    setEditing(undefined);
  }

  return (
    <section
      className="conversation"
      aria-label={title}
      data-testid="conversation"
      data-conversation={conversation.id}
      onDragOver={onDragOver}
      onDragLeave={onDragLeave}
      onDrop={onDrop}
    >
      <header className="conversation-header">
        {onBack && (
          <button
            type="button"
            className="icon-button back"
            data-testid="back"
            aria-label={words.back}
            onClick={onBack}
          >
            <Icon of="back" />
          </button>
        )}
        <Avatar id={conversation.id} name={title} />
        <div className="conversation-title">
          <h2 dir="auto">{title}</h2>
          {conversation.kind === "group" && <p>{words.members(conversation.memberCount)}</p>}
        </div>
        <UnreadBadge count={conversation.unread} />
        <MuteButton conversation={conversation} />
      </header>
      <MessageList conversation={conversation} held={held} list={list} onAction={onAction} />
      <Composer
        draft={draft}
        editing={editing}
        autoFocus={autoFocus}
        onDraft={onDraft}
        onSend={send}
        onSave={save}
        onCancelEdit={() => setEditing(undefined)}
      />
      {dragging && <p className="drop-here">{words.dropHere}</p>}
      {asked && <StatusDialog message={asked} onClose={() => setAsked(undefined)} />}
    </section>
  );
}
