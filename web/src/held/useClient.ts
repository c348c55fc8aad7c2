import { Client, type Device, indexedDbStore, memoryStore, type Store } from "@bocau/client";
import { useEffect, useState } from "react";

export interface Identity {
  readonly userId: string;
  readonly device: Device;
  /** The same function until another token is to be used. */
  readonly token: () => Promise<string>;
}

/** Where the server is: wherever this page came from. */
export const server = new URL(".", document.baseURI).href;

/** A device that lives as long as the component; undefined until its store is open. */
export function useClient({ userId, device, token }: Identity): Client | undefined {
  const [client, setClient] = useState<Client>();
  useEffect(() => {
    let over = false;
    let opened: Client | undefined;
    void openStore(userId, device.id).then((store) => {
      if (over) {
        return store.close();
      }
      opened = new Client({ server, userId, device, token, store });
      opened.start();
      setClient(opened);
      return undefined;
    });
    return () => {
      over = true;
      void opened?.stop();
      setClient(undefined);
    };
  }, [userId, device, token]);
  useSurroundings(client);
  return client;
}

async function openStore(userId: string, deviceId: string): Promise<Store> {
  try {
    return await indexedDbStore(server, { userId, deviceId });
  } catch {
    // Some browsers keep nothing in private windows: the page works until it is closed.
    return memoryStore();
  }
}

/** Tells the client what the page knows about the network and about being in the background. */
function useSurroundings(client: Client | undefined): void {
  useEffect(() => {
    if (client === undefined) {
      return;
    }
    const visibility = () => {
      const visible = document.visibilityState === "visible";
      client.setActive(visible);
      if (visible) {
        client.nudge();
      }
    };
    const network = () => client.nudge();
    document.addEventListener("visibilitychange", visibility);
    window.addEventListener("online", network);
    return () => {
      document.removeEventListener("visibilitychange", visibility);
      window.removeEventListener("online", network);
    };
  }, [client]);
}
