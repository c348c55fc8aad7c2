import type { Cancel, Environment, WebSocketLike } from "../environment.js";
import { limits } from "../limits.js";
import { subprotocol } from "../protocol/json.js";
import { LongPoll } from "./longpoll.js";

/** Where the server listens. */
export interface Addresses {
  readonly webSocket: string;
  /** Undefined: it knows no long-polling. */
  readonly poll: string | undefined;
}

/**
 * Which transport gets through: WebSocket, or long-polling where no WebSocket can be opened. While it polls it tries
 * now and then whether a WebSocket can be opened again.
 */
export class Way {
  private addresses: Addresses | undefined;
  private polling = false;
  private changed = false;
  private timer: Cancel | undefined;
  private probe: WebSocketLike | undefined;

  /** @param betterWay a WebSocket can be opened again: the session is to end, so that the next one uses it */
  constructor(
    private readonly environment: Environment,
    private readonly betterWay: () => void,
  ) {}

  open(addresses: Addresses): WebSocketLike {
    this.addresses = addresses;
    this.changed = false;
    if (this.polling && addresses.poll !== undefined) {
      return new LongPoll(this.environment, addresses.poll);
    }
    this.polling = false;
    return new this.environment.WebSocket(addresses.webSocket, subprotocol);
  }

  /** The session has begun. */
  works(): void {
    if (this.polling) {
      this.tryLater();
    }
  }

  /**
   * @param opened whether there was a connection
   * @param connected whether the session had begun
   */
  ended(opened: boolean, connected: boolean): void {
    this.stopTrying();
    if (this.polling) {
      // Nothing gets through: it is the server that is away, or the network.
      this.polling = connected && !this.changed;
    } else if (!opened && this.addresses?.poll !== undefined) {
      this.polling = true;
      this.changed = true;
    }
  }

  /** Whether there is another way now, which is to be tried at once; once for each. */
  changes(): boolean {
    const { changed } = this;
    this.changed = false;
    return changed;
  }

  /** The network may be another one. */
  nudge(): void {
    if (this.timer !== undefined) {
      this.try();
    }
  }

  forget(): void {
    this.stopTrying();
    this.polling = false;
    this.changed = false;
  }

  private tryLater(): void {
    this.timer = this.environment.after(limits.webSocketAgainMs, () => this.try());
  }

  private try(): void {
    this.stopTrying();
    if (this.addresses === undefined) {
      return;
    }
    const probe = new this.environment.WebSocket(this.addresses.webSocket, subprotocol);
    this.probe = probe;
    // One that hangs is given up when the next is tried.
    this.tryLater();
    probe.onopen = () => {
      if (this.probe === probe) {
        this.stopTrying();
        this.changed = true;
        this.betterWay();
      }
    };
    probe.onerror = () => {};
  }

  private stopTrying(): void {
    this.timer?.();
    this.timer = undefined;
    this.probe?.close(1000);
    this.probe = undefined;
  }
}
