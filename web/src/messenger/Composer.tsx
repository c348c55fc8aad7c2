import { OutboxFull } from "@bocau/client";
import { type FormEvent, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useWords } from "../words/language.js";
import { Icon } from "./Icon.js";

interface Props {
  readonly draft: string;
  /** The message whose text is being changed, instead of a new one being written. */
  readonly editing: { readonly id: string; readonly content: string } | undefined;
  /** The keyboard may come up: the user has just opened this conversation to write. */
  readonly autoFocus: boolean;
  onDraft(draft: string): void;
  onSend(content: string): Promise<void>;
  onSave(content: string): Promise<void>;
  onCancelEdit(): void;
}

export function Composer({ draft, editing, autoFocus, onDraft, onSend, onSave, onCancelEdit }: Props) {
  const words = useWords();
  const input = useRef<HTMLTextAreaElement>(null);
  const [edited, setEdited] = useState("");
  const [problem, setProblem] = useState<string>();
  const text = editing ? edited : draft;

  useEffect(() => {
    if (editing) {
      setEdited(editing.content);
      input.current?.focus();
    }
  }, [editing]);

  useEffect(() => {
    if (autoFocus) {
      input.current?.focus({ preventScroll: true });
    }
  }, [autoFocus]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = input.current;
    if (element) {
      element.style.height = "auto";
      element.style.height = `${element.scrollHeight}px`;
    }
  }, [text]);

  async function submit(event?: FormEvent): Promise<void> {
    event?.preventDefault();
    const content = text.trim();
    if (content === "") {
      return;
    }
    try {
      if (editing) {
        await onSave(content);
      } else {
        onDraft("");
        await onSend(content);
      }
      setProblem(undefined);
    } catch (failure) {
      // Nothing that was written is lost.
      onDraft(content);
      setProblem(failure instanceof OutboxFull ? words.tooManyWaiting : words.unavailable);
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    // While a syllable is being composed (Telex, Pinyin…), Enter belongs to the composition; some browsers tell so by 229.
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !composing) {
      event.preventDefault();
      void submit();
    } else if (event.key === "Escape" && editing && !composing) {
      onCancelEdit();
    }
  }

  return (
    <form className="composer" onSubmit={(event) => void submit(event)}>
      {problem && (
        <p className="composer-note problem" role="alert">
          {problem}
        </p>
      )}
      {editing && (
        <p className="composer-note">
          {words.editing}
          <button type="button" className="icon-button" aria-label={words.cancel} onClick={onCancelEdit}>
            <Icon of="close" />
          </button>
        </p>
      )}
      <div className="composer-row">
        <textarea
          ref={input}
          rows={1}
          data-testid="composer-input"
          aria-label={words.write}
          placeholder={words.write}
          enterKeyHint="send"
          autoComplete="off"
          dir="auto"
          value={text}
          onChange={(event) => (editing ? setEdited(event.target.value) : onDraft(event.target.value))}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          className="send-button"
          data-testid="send-button"
          aria-label={editing ? words.save : words.send}
          disabled={text.trim() === ""}
        >
          {editing ? <Icon of="save" /> : <Icon of="send" />}
        </button>
      </div>
    </form>
  );
}
