import type { Device, DeviceType, Platform } from "@bocau/client";
import { server } from "../held/useClient.js";

/** What the server's demo mode offers: a few people, and the devices that each of them has. */
export interface Account {
  readonly userId: string;
  readonly name: string;
  readonly devices: readonly DemoDevice[];
}

export interface DemoDevice {
  readonly id: string;
  readonly name: string;
  readonly type: DeviceType;
  readonly platform: Platform;
}

/** Undefined where this server is not a demo. */
export async function fetchAccounts(): Promise<readonly Account[] | undefined> {
  try {
    const response = await fetch(`${server}v1/demo`);
    return response.ok ? ((await response.json()) as { accounts: Account[] }).accounts : undefined;
  } catch {
    return undefined;
  }
}

export async function fetchToken(userId: string): Promise<string> {
  const response = await fetch(`${server}v1/demo/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ userId }),
  });
  if (!response.ok) {
    throw new Error(`no token for ${userId}: ${response.status}`);
  }
  return ((await response.json()) as { token: string }).token;
}

export function deviceOf({ id, type, platform }: DemoDevice): Device {
  return { id, type, platform, appVersion: "demo" };
}

export type Kind = "phone" | "tablet" | "laptop" | "pc";

/** What a device looks like. */
export function kindOf({ name, type, platform }: DemoDevice): Kind {
  if (type === "mobile") {
    return /pad|tab/i.test(name) ? "tablet" : "phone";
  }
  return platform === "windows" ? "pc" : "laptop";
}
