import { useSyncExternalStore } from "react";

/** The open conversation stands in the address, so that "back" on a phone leads to the list: `#/chat/<id>`. */

const prefix = "#/chat/";

export function useHash(): string {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener("hashchange", changed);
      return () => window.removeEventListener("hashchange", changed);
    },
    () => location.hash,
  );
}

export function useOpenConversation(): string | undefined {
  const hash = useHash();
  return hash.startsWith(prefix) ? decoded(hash.slice(prefix.length)) : undefined;
}

/** Undefined for what was not encoded, but typed. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export function openConversation(id: string | undefined): void {
  location.hash = id === undefined ? "#/chat" : prefix + encodeURIComponent(id);
}
