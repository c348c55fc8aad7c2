import type { Client, Conversation } from "@bocau/client";
import { useCallback, useEffect, useState } from "react";

/** Whether this browser is woken by pushes: it cannot, it was not asked, its user said no, or it is. */
export type Pushes = "impossible" | "off" | "denied" | "on";

/** Wakes this browser, if its user wants, when the page is closed or not looked at. */
export function usePushes(client: Client): readonly [Pushes, () => Promise<void>] {
  const [state, setState] = useState<Pushes>("impossible");
  const [key, setKey] = useState<string>();

  useEffect(() => {
    let over = false;
    void beginning(client).then((found) => {
      if (!over && found !== undefined) {
        setKey(found.key);
        setState(found.state);
      }
    });
    return () => {
      over = true;
    };
  }, [client]);

  const turnOn = useCallback(async () => {
    if (key === undefined) {
      return;
    }
    const answer = await Notification.requestPermission();
    setState(answer === "granted" ? await subscribe(client, key) : answer === "denied" ? "denied" : "off");
  }, [client, key]);

  return [state, turnOn];
}

async function beginning(client: Client): Promise<{ key: string; state: Pushes } | undefined> {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    return undefined;
  }
  const key = await client.vapidPublicKey().catch(() => undefined);
  if (key === undefined) {
    return undefined;
  }
  switch (Notification.permission) {
    case "granted":
      return { key, state: await subscribe(client, key) };
    case "denied":
      return { key, state: "denied" };
    default:
      return { key, state: "off" };
  }
}

/** The same subscription as long as there is one; the server is told each time, as another user may have been here. */
async function subscribe(client: Client, key: string): Promise<Pushes> {
  try {
    const registration = await navigator.serviceWorker.register("sw.js");
    await navigator.serviceWorker.ready;
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    client.setPushToken(JSON.stringify(subscription));
    return "on";
  } catch {
    // Some browsers offer pushes and have no push service.
    return "off";
  }
}

/** What is read here needs no notification any more: whoever listens takes it away itself. */
export function useReadNotificationsClosed(conversations: readonly Conversation[] | undefined): void {
  useEffect(() => {
    const read = new Set(conversations?.filter(({ unread }) => unread === 0).map(({ id }) => id));
    if (read.size > 0 && "serviceWorker" in navigator) {
      void closeNotifications(read);
    }
  }, [conversations]);
}

async function closeNotifications(tags: ReadonlySet<string>): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  for (const notification of (await registration?.getNotifications()) ?? []) {
    if (tags.has(notification.tag)) {
      notification.close();
    }
  }
}
