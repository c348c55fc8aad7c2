import type { Environment, WebSocketConstructor } from "./environment.js";
import type { Device } from "./protocol/frames.js";
import type { Store } from "./store/store.js";

export interface ClientOptions {
  /** Of the server's HTTP side, such as `https://chat.example.org`; it tells where the WebSocket is. */
  readonly server: string;
  readonly userId: string;
  /** Its id names this installation of the app for good: made once, and kept. */
  readonly device: Device;
  /** Asked for a token when one is needed: at first, before it expires, and when the server refuses the last one. */
  readonly token: () => Promise<string>;
  /** Where everything is kept; one for each server, user and device. */
  readonly store: Store;
  /** Needed where the platform has none: Node before 22. */
  readonly WebSocket?: WebSocketConstructor;
  /** For tests: clock, timers, randomness and network. */
  readonly environment?: Environment;
}
