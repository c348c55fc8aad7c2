import type { Device } from "@bocau/client";

/** Who is signed in to this browser, and which device this browser is. */

const tokenKey = "bocau.token";
const deviceKey = "bocau.device";

export interface SignedIn {
  readonly userId: string;
  readonly token: string;
}

/** The user of a token; undefined for what is not a token. Whether it is good, the server says. */
export function signedInBy(token: string): SignedIn | undefined {
  const payload = token.trim().split(".")[1] ?? "";
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
      character.charCodeAt(0),
    );
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown };
    return typeof claims.sub === "string" && claims.sub !== ""
      ? { userId: claims.sub, token: token.trim() }
      : undefined;
  } catch {
    return undefined;
  }
}

/** From the address (`#token=…`, which is then taken out of it), or from the last visit. */
export function rememberedAccount(): SignedIn | undefined {
  const given = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    history.replaceState(null, "", "#/chat");
    remember(given);
  }
  return signedInBy(localStorage.getItem(tokenKey) ?? "");
}

export function remember(token: string): void {
  localStorage.setItem(tokenKey, token.trim());
}

export function forgetAccount(): void {
  localStorage.removeItem(tokenKey);
}

/** Made once for this browser, and kept. */
export function thisDevice(): Device {
  let id = localStorage.getItem(deviceKey);
  if (id === null) {
    const random = crypto.getRandomValues(new Uint8Array(8));
    id = `web-${Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    localStorage.setItem(deviceKey, id);
  }
  return { id, type: "web", platform: "web", appVersion: "0.1.0" };
}
