import { actionOf, codes } from "../protocol/codes.js";
import type { SessionEnd } from "./session.js";

/** What to do after a session has ended. */
export type Verdict = "reconnect" | "refetch" | "new_token" | "signed_out" | "replaced" | "give_up";

/** @param connected whether the session got as far as device_connected */
export function verdictOf(end: SessionEnd, connected: boolean): Verdict {
  if (end.code === codes.replaced) {
    return "replaced";
  }
  if (end.code === codes.signed_out) {
    // Somebody has signed this device out: a new token behind the person's back would undo that.
    return "signed_out";
  }
  switch (end.code === undefined ? undefined : actionOf(end.code)) {
    case "sign_in":
      return "new_token";
    case "give_up":
      return "give_up";
    case "refetch":
      return "refetch";
    case "drop":
      // Of device_connect itself: it would be refused again. Later, it was some other frame.
      return connected ? "reconnect" : "give_up";
    default:
      return "reconnect";
  }
}
