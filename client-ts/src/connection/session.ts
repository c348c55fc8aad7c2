import type { Cancel, Environment, WebSocketLike } from "../environment.js";
import { limits } from "../limits.js";
import { actionOf } from "../protocol/codes.js";
import type { ClientFrame, DeviceConnect, DeviceConnected, ErrorFrame, ServerFrame } from "../protocol/frames.js";
import { decodeFrame, encodeFrame } from "../protocol/json.js";
import { Acknowledgements } from "./acknowledgements.js";
import { Heartbeat } from "./heartbeat.js";

/** Why a session is over. */
export interface SessionEnd {
  /** A close code, or the code of the error that the server sent before it closed. */
  readonly code?: number;
  readonly reason: string;
  readonly retryAfterMs?: number;
}

export interface SessionEvents {
  /** Every frame but the pongs, device_connected first. */
  frame(session: Session, frame: ServerFrame): void;
  /** Exactly once, and nothing after it. */
  ended(session: Session, end: SessionEnd): void;
}

/** One connection's life: opening, device_connect, frames both ways, and noticing the end. */
export class Session {
  private readonly socket: WebSocketLike;
  private readonly connectTimer: Cancel;
  private heartbeat: Heartbeat | undefined;
  private acknowledgements: Acknowledgements | undefined;
  /** The last frame, where it is an error that may be about the connection itself. */
  private lastError: ErrorFrame | undefined;
  private over = false;
  private opened = false;
  private agreed: DeviceConnected | undefined;

  constructor(
    private readonly environment: Environment,
    open: () => WebSocketLike,
    hello: DeviceConnect,
    private readonly events: SessionEvents,
  ) {
    this.socket = open();
    this.connectTimer = environment.after(limits.connectMs, () => this.close("no answer to device_connect"));
    this.socket.onopen = () => {
      this.opened = true;
      this.socket.send(encodeFrame(hello));
    };
    this.socket.onheard = () => this.heartbeat?.heard();
    this.socket.onmessage = ({ data }: { data: unknown }) => this.receive(data);
    this.socket.onclose = ({ code, reason }: { code: number; reason: string }) => this.closed(code, reason);
    // Says nothing that the close after it does not say; but `ws` throws where nobody listens.
    this.socket.onerror = () => {};
  }

  /** Whether there was a connection at all. */
  get wasOpen(): boolean {
    return this.opened;
  }

  get ended(): boolean {
    return this.over;
  }

  /** What the server told on connecting; undefined before that. */
  get terms(): DeviceConnected | undefined {
    return this.agreed;
  }

  /** Nothing happens once the session is over: what matters is sent again in the next one. */
  send(frame: ClientFrame): void {
    if (!this.over) {
      this.socket.send(encodeFrame(frame));
    }
  }

  /** Frames of this session are stored, up to this position; the server waits for an answer to a page. */
  stored(position: string, frames: number, page: boolean): void {
    this.acknowledgements?.stored(position, frames, page);
  }

  acknowledgeAgainAfter(delayMs: number): void {
    this.acknowledgements?.repeatAfter(delayMs);
  }

  /** The network may have changed: is anybody there? */
  check(): void {
    this.heartbeat?.check();
  }

  /** Does not wait for the other side: it may be gone. */
  close(reason: string): void {
    this.end({ reason });
    this.socket.close(1000);
  }

  private receive(data: unknown): void {
    if (this.over) {
      return;
    }
    this.heartbeat?.heard();
    let frame: ServerFrame | undefined;
    try {
      frame = decodeFrame(String(data));
    } catch (malformed) {
      this.close(`the server sent what is not a frame: ${(malformed as Error).message}`);
      return;
    }
    if (frame === undefined) {
      return;
    }
    if (frame.type === "pong") {
      this.heartbeat?.answered(frame.timestamp);
      return;
    }
    if (frame.type === "device_connected") {
      this.begin(frame);
    }
    this.lastError = frame.type === "error" && frame.localId === undefined ? frame : undefined;
    this.events.frame(this, frame);
  }

  private begin(terms: DeviceConnected): void {
    this.connectTimer();
    this.agreed = terms;
    this.heartbeat = new Heartbeat(this.environment, terms.heartbeatMs, {
      ping: (timestamp) => this.send({ type: "ping", timestamp }),
      lost: () => this.close("nothing was heard"),
    });
    this.acknowledgements = new Acknowledgements(this.environment, terms, (position) =>
      this.send({ type: "ack", position }),
    );
  }

  /** Where the close has a code of WebSocket's own, an error right before it tells more. */
  private closed(closeCode: number, reason: string): void {
    const error = this.lastError;
    const code = actionOf(closeCode) === undefined && error !== undefined ? error.code : closeCode;
    const retryAfterMs = error?.code === code ? error.retryAfterMs : undefined;
    this.end({
      code,
      reason: reason || error?.reason || "the connection was closed",
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  private end(end: SessionEnd): void {
    if (this.over) {
      return;
    }
    this.over = true;
    this.connectTimer();
    this.heartbeat?.stop();
    this.acknowledgements?.stop();
    this.events.ended(this, end);
  }
}
