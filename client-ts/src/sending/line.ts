import type { ClientFrame } from "../protocol/frames.js";

/** A connected session, as those see it who have something to send. */
export interface Line {
  readonly terms: { readonly maxContentBytes: number; readonly maxFrameBytes: number };
  send(frame: ClientFrame): void;
  close(reason: string): void;
}
