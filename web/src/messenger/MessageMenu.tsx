import type { Message } from "@bocau/client";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Icon } from "../parts/Icon.js";
import { useWords } from "../words/language.js";

export type MessageAction = "copy" | "edit" | "recall" | "details" | "retry" | "discard";

interface Props {
  readonly message: Message;
  onOpen(open: boolean): void;
  onAction(action: MessageAction): void;
}

/** What can be done with one message: a menu button, as ARIA describes it. */
export function MessageMenu({ message, onOpen, onAction }: Props) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const actions = actionsFor(message);

  useEffect(() => {
    onOpen(open);
    if (open && menu.current) {
      openWhereThereIsRoom(menu.current);
      menu.current.querySelector<HTMLElement>("[role=menuitem]")?.focus({ preventScroll: true });
    }
  }, [open, onOpen]);

  if (actions.length === 0) {
    return null;
  }

  function close(): void {
    setOpen(false);
    button.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const items = [...(menu.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      items[(at + move + items.length) % items.length]?.focus();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") {
      setOpen(false);
    }
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the menu closes when the focus leaves it, wherever to
    <div
      className="message-menu"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) {
          setOpen(false);
        }
      }}
    >
      <button
        ref={button}
        type="button"
        className="icon-button"
        data-testid="message-menu"
        aria-label={words.actions}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon of="more" />
      </button>
      {open && (
        <div ref={menu} role="menu" tabIndex={-1} aria-label={words.actions} onKeyDown={onKeyDown}>
          {actions.map((action) => (
            <button
              key={action}
              type="button"
              role="menuitem"
              tabIndex={-1}
              data-testid={`action-${action}`}
              onClick={() => {
                close();
                onAction(action);
              }}
            >
              {words[action]}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** Below its button, above it where only there is room, and scrolled into view where there is neither. */
function openWhereThereIsRoom(menu: HTMLElement): void {
  const screen = menu.closest(".message-scroller")?.getBoundingClientRect();
  const { bottom, height, top } = menu.getBoundingClientRect();
  const spaceAbove = top - 28 - (screen?.top ?? 0);
  if (screen && bottom > screen.bottom && spaceAbove > height) {
    menu.dataset.side = "above";
  } else {
    menu.scrollIntoView({ block: "nearest" });
  }
}

function actionsFor(message: Message): readonly ("copy" | "edit" | "recall" | "details")[] {
  const stands = message.recalledAt === undefined;
  const written = stands && message.content !== "";
  const atServer = message.id !== undefined;
  const changing = message.change !== undefined;
  return [
    ...(written ? (["copy"] as const) : []),
    ...(message.own && atServer && written && !changing ? (["edit"] as const) : []),
    ...(message.own && atServer && stands && !changing ? (["recall"] as const) : []),
    ...(message.own && atServer && stands ? (["details"] as const) : []),
  ];
}
