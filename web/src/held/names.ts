import type { Client } from "@bocau/client";
import { useState, useSyncExternalStore } from "react";

export type NameOf = (userId: string) => string;

/** Display names by user id, asked for when they are first needed; until then, and without a connection, the id. */
export class Names {
  private readonly asked = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private current: NameOf;

  constructor(
    private readonly client: Pick<Client, "user" | "on">,
    private readonly known: Map<string, string>,
  ) {
    this.current = this.reader();
    client.on("connection", (state) => {
      if (state.name === "online") {
        // Asks again for those that could not be had.
        this.changed();
      }
    });
  }

  /** Another function whenever a name has come: for `useSyncExternalStore`. */
  readonly snapshot = (): NameOf => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private reader(): NameOf {
    return (userId) => {
      const name = this.known.get(userId);
      if (name === undefined && !this.asked.has(userId)) {
        this.asked.add(userId);
        void this.ask(userId);
      }
      return name ?? userId;
    };
  }

  private async ask(userId: string): Promise<void> {
    try {
      const { name } = await this.client.user(userId);
      this.known.set(userId, name || userId);
      this.changed();
    } catch {
      this.asked.delete(userId);
    }
  }

  private changed(): void {
    this.current = this.reader();
    for (const listener of this.listeners) {
      listener();
    }
  }
}

export function useNames(client: Client, known: ReadonlyMap<string, string>): NameOf {
  const [names] = useState(() => new Names(client, new Map(known)));
  return useSyncExternalStore(names.subscribe, names.snapshot);
}
