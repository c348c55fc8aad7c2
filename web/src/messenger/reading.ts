import type { Client } from "@bocau/client";
import { type RefObject, useCallback, useEffect, useRef, useSyncExternalStore } from "react";

/** So much of a message must be on the screen; of one that is taller than the screen, so much of the screen. */
const enough = 0.6;

/**
 * Marks as read what others wrote and is really before the user's eyes: the message is in view, the page too, and somebody
 * looks at the panel.
 *
 * @param list the scrolling element; messages in it have `data-seq`
 * @param shown changes when other messages are shown
 * @returns the newest message that is in view now, if any
 */
export function useReading(
  client: Client,
  conversationId: string,
  list: RefObject<HTMLElement | null>,
  shown: unknown,
  lookedAt: boolean,
): () => number | undefined {
  const visible = useRef(new Set<number>());
  const pageVisible = usePageVisible();
  const looking = lookedAt && pageVisible;

  const newestVisible = useCallback(
    () => (looking && visible.current.size > 0 ? Math.max(...visible.current) : undefined),
    [looking],
  );

  const mark = useCallback(() => {
    const seq = newestVisible();
    if (seq !== undefined) {
      // What cannot be stored now is marked when it is seen again.
      client.markRead(conversationId, seq).catch(() => {});
    }
  }, [client, conversationId, newestVisible]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other messages, other elements to observe
  useEffect(() => {
    const root = list.current;
    if (root === null) {
      return;
    }
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const seq = Number((entry.target as HTMLElement).dataset.seq);
          const screen = entry.rootBounds?.height ?? 0;
          const inView = entry.intersectionRatio >= enough || entry.intersectionRect.height >= screen * enough;
          if (entry.isIntersecting && inView) {
            visible.current.add(seq);
          } else {
            visible.current.delete(seq);
          }
        }
        mark();
      },
      { root, threshold: [0, 0.2, 0.4, enough, 0.8, 1] },
    );
    visible.current.clear();
    for (const message of root.querySelectorAll(".message.other[data-seq]")) {
      observer.observe(message);
    }
    return () => observer.disconnect();
  }, [list, shown, mark]);

  return newestVisible;
}

function usePageVisible(): boolean {
  return useSyncExternalStore(
    (changed) => {
      document.addEventListener("visibilitychange", changed);
      return () => document.removeEventListener("visibilitychange", changed);
    },
    () => document.visibilityState === "visible",
  );
}

/** Whether this window is the one that the user works in. */
export function useWindowFocused(): boolean {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener("focus", changed);
      window.addEventListener("blur", changed);
      return () => {
        window.removeEventListener("focus", changed);
        window.removeEventListener("blur", changed);
      };
    },
    () => document.hasFocus(),
  );
}
