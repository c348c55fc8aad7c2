import type { Cancel, Environment, WebSocketLike } from "../environment.js";
import { limits } from "../limits.js";

/** The close code of a connection that broke: RFC 6455, section 7.4.1. */
const lost = 1006;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Long-polling behind the face of a WebSocket: frames go out in the bodies of POST requests, one request at a time, and
 * come in as the answers to GET requests that the server holds. Both directions are counted, so a request whose answer
 * is lost is simply made again: protocol/PROTOCOL.md.
 */
export class LongPoll implements WebSocketLike {
  onopen: WebSocketLike["onopen"] = null;
  onmessage: WebSocketLike["onmessage"] = null;
  onclose: WebSocketLike["onclose"] = null;
  onerror: WebSocketLike["onerror"] = null;
  onheard: (() => void) | null = null;
  private session = "";
  private received = 0;
  private batch = 0;
  private waiting: string[] = [];
  private posting = false;
  private over = false;
  private readonly ended = new AbortController();

  constructor(
    private readonly environment: Environment,
    private readonly url: string,
  ) {
    queueMicrotask(() => this.onopen?.({} as never));
  }

  send(text: string): void {
    if (this.over) {
      return;
    }
    this.waiting.push(text);
    if (!this.posting && (this.session !== "" || this.batch === 0)) {
      this.posting = true;
      void this.post();
    }
  }

  /** Does not wait for an answer; the server would notice by itself, but later. */
  close(): void {
    if (!this.over && this.session !== "") {
      this.environment
        .fetch(this.query("end=1"), { method: "POST", keepalive: true, credentials: "omit" })
        .catch(() => {});
    }
    this.over = true;
    this.ended.abort();
  }

  // ----------------------------------------------------------------------------------------------------------- posting

  private async post(): Promise<void> {
    if (this.session === "") {
      return this.open();
    }
    while (this.waiting.length > 0 && !this.over) {
      const frames = this.nextBatch();
      this.batch += 1;
      const query = this.query(`batch=${this.batch}`);
      const answer = await this.insist(() => this.ask("POST", query, limits.requestMs, frames));
      if (answer?.status !== 204) {
        // Nothing may be sent behind what was not taken. Why a session is over, the answer to the request that waits tells.
        if (answer?.status !== 410) {
          this.closed(undefined);
        }
        break;
      }
      this.onheard?.();
    }
    this.posting = false;
  }

  /** The first frame says who is there: with the answer comes the session. */
  private async open(): Promise<void> {
    const answer = await this.ask("POST", this.url, limits.connectMs, this.nextBatch());
    const session = answer?.headers.get("bocau-session") ?? "";
    if (answer === undefined || session === "") {
      this.take(answer);
      this.closed(answer);
      return;
    }
    this.session = session;
    this.posting = false;
    void this.fetchOn(answer);
    if (this.waiting.length > 0 && !this.over) {
      this.posting = true;
      void this.post();
    }
  }

  /** As many frames as are no longer together than one may be. */
  private nextBatch(): string {
    let length = 0;
    let count = 0;
    for (const frame of this.waiting) {
      // Of UTF-8, a text takes at most three times its length.
      length += 3 * frame.length;
      if (count > 0 && length > limits.batchBytes) {
        break;
      }
      count += 1;
    }
    return this.waiting.splice(0, count).join("\n");
  }

  // ---------------------------------------------------------------------------------------------------------- fetching

  private async fetchOn(first: Answer): Promise<void> {
    let answer: Answer | undefined = first;
    while (answer !== undefined && !this.over) {
      if (!this.take(answer) || this.over) {
        break;
      }
      this.onheard?.();
      const query = () => this.query(`received=${this.received}`);
      answer = await this.insist(() => this.ask("GET", query(), limits.pollMs));
    }
    this.closed(answer);
  }

  /** Whether the session goes on behind this answer. */
  private take(answer: Answer | undefined): boolean {
    if (answer?.status === 204) {
      return true;
    }
    if (answer?.status !== 200 && answer?.status !== 410) {
      return false;
    }
    for (const line of answer.body.split("\n")) {
      if (line !== "" && !this.over) {
        this.received += 1;
        this.onmessage?.({ data: line } as never);
      }
    }
    return answer.status === 200;
  }

  private closed(answer: Answer | undefined): void {
    if (!this.over) {
      this.over = true;
      this.ended.abort();
      const code = Number(answer?.headers.get("bocau-close") ?? lost);
      this.onclose?.({ code, reason: "" } as never);
    }
  }

  // ---------------------------------------------------------------------------------------------------------- requests

  private query(more: string): string {
    return `${this.url}?session=${encodeURIComponent(this.session)}&${more}`;
  }

  /** A request may be lost, and its answer too: it is made again, a few times. */
  private async insist(ask: () => Promise<Answer | undefined>): Promise<Answer | undefined> {
    for (let attempt = 0; ; attempt++) {
      const answer = await ask();
      if (answer !== undefined || this.over || attempt === limits.pollAttempts) {
        return answer;
      }
      await new Promise<void>((resolve) => {
        const cancel: Cancel = this.environment.after(limits.pollAgainMs * 2 ** attempt, resolve);
        this.ended.signal.addEventListener("abort", () => {
          cancel();
          resolve();
        });
      });
    }
  }

  /** Undefined: there was no answer, or one of somebody in between. */
  private async ask(method: string, url: string, patienceMs: number, body?: string): Promise<Answer | undefined> {
    const aborted = new AbortController();
    const abort = () => aborted.abort();
    const cancel = this.environment.after(patienceMs, abort);
    this.ended.signal.addEventListener("abort", abort);
    try {
      const answer = await this.environment.fetch(url, {
        method,
        // Without headers of ours a browser need not ask first whether it may.
        ...(body === undefined ? {} : { body }),
        credentials: "omit",
        cache: "no-store",
        signal: aborted.signal,
      });
      const { status, headers } = answer;
      return status >= 500 ? undefined : { status, headers, body: await answer.text() };
    } catch {
      return undefined;
    } finally {
      cancel();
      this.ended.signal.removeEventListener("abort", abort);
    }
  }
}
