import type { Client } from "@bocau/client";
import { createContext, useContext } from "react";

/** One device's messenger on the page: there may be several. */
export interface Panel {
  readonly client: Client;
  /** Somebody has it before their eyes: what is visible in it counts as read. */
  readonly lookedAt: boolean;
  /** From a state in which the server takes the device's token no more. */
  signInAgain(): void;
  nameOf(userId: string): string;
  deviceNameOf(device: { readonly deviceId: string; readonly platform?: string }): string;
}

export const PanelContext = createContext<Panel | undefined>(undefined);

export function usePanel(): Panel {
  const panel = useContext(PanelContext);
  if (panel === undefined) {
    throw new Error("there is no panel around this component");
  }
  return panel;
}
