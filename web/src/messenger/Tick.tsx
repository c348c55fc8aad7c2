import type { Tick as TickState } from "@bocau/client";
import { useWords } from "../words/language.js";

/** ○ ✓ ✓✓ and blue ✓✓: how far an own message has come. */
export function Tick({ state }: { state: TickState }) {
  const label = useWords().ticks[state];
  return (
    <svg className={`tick tick-${state}`} viewBox="0 0 20 12" role="img" aria-label={label}>
      <title>{label}</title>
      <path d={shapes[state]} />
    </svg>
  );
}

const shapes: Record<TickState, string> = {
  sending: "M14.5 6a4 4 0 1 1-8 0a4 4 0 1 1 8 0z",
  failed: "M10.5 1.5v5.5m0 2.6v.4",
  sent: "M5.5 6.5l3.5 3.5l7-8",
  delivered: "M1.5 6.5l3.5 3.5l7-8M9.2 9.2l.8.8l7-8",
  read: "M1.5 6.5l3.5 3.5l7-8M9.2 9.2l.8.8l7-8",
};
