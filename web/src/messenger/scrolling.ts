import type { Message } from "@bocau/client";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const nearPx = 48;

export interface Scrolling {
  readonly atNewest: boolean;
  toNewest(): void;
  onScroll(): void;
}

/**
 * Where a list of messages stands: opens at the first unread message, stays with the newest as long as the user does, and
 * keeps what is on the screen in its place when older messages come in above it.
 */
export function useScrolling(
  list: RefObject<HTMLElement | null>,
  messages: readonly Message[] | undefined,
  onNearOldest: () => void,
): Scrolling {
  const [atNewest, setAtNewest] = useState(true);
  /** As it was when it was last drawn. */
  const before = useRef<{ oldest: string; newest: string; height: number; atNewest: boolean }>(undefined);

  const toNewest = useCallback(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [list]);

  useLayoutEffect(() => {
    const element = list.current;
    const oldest = messages?.[0];
    const newest = messages?.at(-1);
    if (element === null || oldest === undefined || newest === undefined) {
      return;
    }
    const last = before.current;
    if (last === undefined) {
      const unread = element.querySelector<HTMLElement>("[data-first-unread]");
      element.scrollTop = unread ? unread.offsetTop - nearPx : element.scrollHeight;
    } else if (last.atNewest || (newest.own && newest.key !== last.newest)) {
      element.scrollTop = element.scrollHeight;
    } else if (oldest.key !== last.oldest) {
      element.scrollTop += element.scrollHeight - last.height;
    }
    const atEnd = isAtNewest(element);
    before.current = { oldest: oldest.key, newest: newest.key, height: element.scrollHeight, atNewest: atEnd };
    setAtNewest(atEnd);
  }, [list, messages]);

  // The keyboard comes up, the composer grows, a message fails: who was at the newest stays there.
  useEffect(() => {
    const element = list.current;
    if (element === null) {
      return;
    }
    const observer = new ResizeObserver(() => {
      if (before.current?.atNewest) {
        element.scrollTop = element.scrollHeight;
      }
    });
    observer.observe(element);
    for (const part of element.children) {
      observer.observe(part);
    }
    return () => observer.disconnect();
  }, [list]);

  const onScroll = useCallback(() => {
    const element = list.current;
    if (element !== null && before.current !== undefined) {
      before.current.atNewest = isAtNewest(element);
      setAtNewest(before.current.atNewest);
      if (element.scrollTop < element.clientHeight) {
        onNearOldest();
      }
    }
  }, [list, onNearOldest]);

  return { atNewest, toNewest, onScroll };
}

function isAtNewest(element: HTMLElement): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight < nearPx;
}
