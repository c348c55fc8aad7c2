import { useState } from "react";
import { Icon } from "../parts/Icon.js";
import { useWords } from "../words/language.js";
import type { Kind } from "./accounts.js";

const kinds: readonly Kind[] = ["phone", "tablet", "laptop", "pc"];

/** A button that opens into the kinds of devices there are. */
export function AddDevice({ onAdd }: { onAdd(kind: Kind): void }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  return (
    <div className="add-device">
      {open &&
        kinds.map((kind) => (
          <button
            key={kind}
            type="button"
            className="quiet-button"
            data-testid={`add-${kind}`}
            onClick={() => {
              setOpen(false);
              onAdd(kind);
            }}
          >
            {words.kinds[kind]}
          </button>
        ))}
      <button
        type="button"
        className="quiet-button"
        data-testid="add-device"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {open ? (
          words.cancel
        ) : (
          <>
            <Icon of="plus" /> {words.addDevice}
          </>
        )}
      </button>
    </div>
  );
}
