import type { Changed, Client, ConnectionState } from "@bocau/client";
import { useEffect, useState, useSyncExternalStore } from "react";

/**
 * What `read` finds in the client's store, read again whenever something that concerns it has changed: at most one
 * reading at a time, and one more for all that changed meanwhile.
 *
 * @param key what it is about: a value that was read for another key is not shown
 * @param read the same function until it reads something else, such as more of the same
 */
export function useHeld<T>(
  client: Client,
  key: string,
  read: (client: Client) => Promise<T>,
  concerns: (changed: Changed) => boolean,
): T | undefined {
  const [held, setHeld] = useState<{ readonly key: string; readonly value: T }>();
  useEffect(() => {
    const readings = new Readings(
      () => read(client),
      (value) => setHeld({ key, value }),
    );
    const stopListening = client.on("changed", (changed) => {
      if (concerns(changed)) {
        readings.request();
      }
    });
    readings.request();
    return () => {
      readings.stop();
      stopListening();
    };
  }, [client, key, read, concerns]);
  return held?.key === key ? held.value : undefined;
}

/** Reads again and again, never twice at the same time, as long as it is asked to. */
export class Readings<T> {
  private wanted = false;
  private reading = false;
  private stopped = false;

  constructor(
    private readonly read: () => Promise<T>,
    private readonly show: (value: T) => void,
  ) {}

  request(): void {
    this.wanted = true;
    if (!this.reading) {
      // A store that was closed under a panel that is about to go has nothing to show any more.
      this.readAll().catch(() => {});
    }
  }

  stop(): void {
    this.stopped = true;
  }

  private async readAll(): Promise<void> {
    this.reading = true;
    try {
      while (this.wanted && !this.stopped) {
        this.wanted = false;
        const value = await this.read();
        if (!this.stopped) {
          this.show(value);
        }
      }
    } finally {
      this.reading = false;
    }
  }
}

export function useConnection(client: Client): ConnectionState {
  return useSyncExternalStore(
    (changed) => client.on("connection", changed),
    () => client.connection,
  );
}
