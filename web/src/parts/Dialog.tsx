import { type ReactNode, useId } from "react";
import { useWords } from "../words/language.js";
import { Icon } from "./Icon.js";
import { useModal } from "./useModal.js";

/** A dialog with a title. */
export function Dialog({ title, onClose, children }: { title: string; onClose(): void; children: ReactNode }) {
  const words = useWords();
  const heading = useId();
  const dialog = useModal();

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes it; the keyboard has Escape and the button
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      data-testid="dialog"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) {
          onClose();
        }
      }}
    >
      <div className="dialog-body">
        <header>
          <h2 id={heading}>{title}</h2>
          <button type="button" className="icon-button" aria-label={words.close} onClick={onClose}>
            <Icon of="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
