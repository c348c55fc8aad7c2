import { OutboxFull } from "@bocau/client";
import {
  type ClipboardEvent,
  type FormEvent,
  type KeyboardEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Attached } from "../attachments/Attached.js";
import { pastedFiles } from "../attachments/given.js";
import { Icon } from "../parts/Icon.js";
import type { Words } from "../words/en.js";
import { useWords } from "../words/language.js";
import { type Draft, emptyDraft } from "./draft.js";

interface Props {
  readonly draft: Draft;
  /** The message whose text is being changed, instead of a new one being written. */
  readonly editing: { readonly id: string; readonly content: string } | undefined;
  /** The keyboard may come up: the user has just opened this conversation to write. */
  readonly autoFocus: boolean;
  onDraft(draft: Draft): void;
  onSend(content: string, file: File | undefined): Promise<void>;
  onSave(content: string): Promise<void>;
  onCancelEdit(): void;
}

export function Composer({ draft, editing, autoFocus, onDraft, onSend, onSave, onCancelEdit }: Props) {
  const words = useWords();
  const input = useRef<HTMLTextAreaElement>(null);
  const [edited, setEdited] = useState("");
  const [problem, setProblem] = useState<string>();
  const text = editing ? edited : draft.text;
  const files = editing ? [] : draft.files;
  const empty = text.trim() === "" && files.length === 0;

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
    if (empty) {
      return;
    }
    const content = text.trim();
    try {
      if (editing) {
        await onSave(content);
      } else {
        await send(content);
      }
      setProblem(undefined);
    } catch (failure) {
      setProblem(problemOf(failure, words));
    }
  }

  /** What was written goes with the last file. Nothing is lost of what cannot be sent. */
  async function send(content: string): Promise<void> {
    onDraft(emptyDraft);
    const left = [...files];
    try {
      while (left.length > 1) {
        await onSend("", left[0]);
        left.shift();
      }
      await onSend(content, left[0]);
    } catch (failure) {
      onDraft({ text: content, files: left });
      throw failure;
    }
  }

  function attach(more: readonly File[]): void {
    onDraft({ ...draft, files: [...draft.files, ...more] });
  }

  function onPaste(event: ClipboardEvent): void {
    const pasted = editing ? [] : pastedFiles(event.clipboardData);
    if (pasted.length > 0) {
      event.preventDefault();
      attach(pasted);
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
      {files.length > 0 && (
        <Attached
          files={files}
          onRemove={(removed) => onDraft({ ...draft, files: files.filter((file) => file !== removed) })}
        />
      )}
      <div className="composer-row">
        {!editing && <AttachButton onPick={attach} />}
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
          onChange={({ target }) => (editing ? setEdited(target.value) : onDraft({ ...draft, text: target.value }))}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <button
          type="submit"
          className="send-button"
          data-testid="send-button"
          aria-label={editing ? words.save : words.send}
          disabled={empty}
        >
          {editing ? <Icon of="save" /> : <Icon of="send" />}
        </button>
      </div>
    </form>
  );
}

function AttachButton({ onPick }: { onPick(files: readonly File[]): void }) {
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="icon-button attach"
        aria-label={words.attach}
        onClick={() => input.current?.click()}
      >
        <Icon of="attach" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="file-input"
        onChange={({ target }) => {
          onPick([...(target.files ?? [])]);
          // The same file can be picked again.
          target.value = "";
        }}
      />
    </>
  );
}

function problemOf(failure: unknown, words: Words): string {
  if (failure instanceof OutboxFull) {
    return words.tooManyWaiting;
  }
  return failure instanceof DOMException && failure.name === "QuotaExceededError" ? words.noRoom : words.unavailable;
}
