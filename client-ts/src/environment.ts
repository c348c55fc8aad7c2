/** What the client takes from the world around it. Tests bring their own, and never wait. */
export interface Environment {
  /** Unix milliseconds by the device's clock. */
  now(): number;
  /** Runs once, later; never after the returned function was called. */
  after(delayMs: number, run: () => void): Cancel;
  /** From 0 up to, and not including, 1. */
  random(): number;
  newId(): string;
  readonly fetch: typeof globalThis.fetch;
  readonly WebSocket: WebSocketConstructor;
}

export type Cancel = () => void;

/** The part of the browser's WebSocket that is used; the `ws` package has it too. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  /** Something came that is no message. A WebSocket does not tell. */
  onheard?: (() => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;

export function systemEnvironment(webSocket: WebSocketConstructor | undefined): Environment {
  const WebSocket = webSocket ?? (globalThis.WebSocket as WebSocketConstructor | undefined);
  if (WebSocket === undefined) {
    throw new Error("this platform has no WebSocket: pass one, such as that of the package ws, as `WebSocket`");
  }
  return {
    now: () => Date.now(),
    after,
    random: () => Math.random(),
    newId: uuid,
    fetch: (input, init) => globalThis.fetch(input, init),
    WebSocket,
  };
}

/** Timers of the platform count in 32 bits, and what is longer would run at once. */
const longestTimerMs = 2 ** 31 - 1;

function after(delayMs: number, run: () => void): Cancel {
  let timer: ReturnType<typeof setTimeout>;
  const arm = (leftMs: number) => {
    timer =
      leftMs > longestTimerMs
        ? setTimeout(() => arm(leftMs - longestTimerMs), longestTimerMs)
        : setTimeout(run, Math.max(0, leftMs));
  };
  arm(delayMs);
  return () => clearTimeout(timer);
}

/** A UUIDv4. `crypto.randomUUID` exists only on pages that came over TLS or from this machine. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes.set([((bytes[6] ?? 0) & 0x0f) | 0x40], 6);
  bytes.set([((bytes[8] ?? 0) & 0x3f) | 0x80], 8);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
