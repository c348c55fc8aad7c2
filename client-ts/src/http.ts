import type { Tokens } from "./connection/tokens.js";
import type { Environment } from "./environment.js";
import { limits } from "./limits.js";
import { actionOf } from "./protocol/codes.js";
import { type Fields, fieldsOf } from "./protocol/fields.js";

/** A request that the server has refused: RFC 9457 problem details, and one of the protocol's codes. */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";

  constructor(
    readonly status: number,
    /** 0 where the answer had none. */
    readonly code: number,
    reason: string,
    /** How long the server wants to be left alone with it; 0 where it does not say. */
    readonly retryAfterMs = 0,
  ) {
    super(reason);
  }
}

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
  readonly cache?: RequestCache;
  /** Ends the request early. */
  readonly signal?: AbortSignal;
  /** How long the answer may take; `limits.requestMs` if absent. */
  readonly withinMs?: number;
}

/** Requests to the server's HTTP side, as one user. */
export class Http {
  constructor(
    private readonly environment: Environment,
    private readonly server: string,
    private readonly tokens: Tokens,
  ) {}

  /** A path as the server tells it. */
  url(path: string): string {
    return path.startsWith("/") ? this.server + path : path;
  }

  /** With the user's token. One that is refused may only have grown old: once more with a new one. */
  async authorised(method: string, path: string, asked: Asked = {}): Promise<Response> {
    try {
      return await this.request(method, path, asked, await this.tokens.get());
    } catch (refusal) {
      if (refusal instanceof RequestRefused && actionOf(refusal.code) === "sign_in") {
        return this.request(method, path, asked, await this.tokens.renew());
      }
      throw refusal;
    }
  }

  async request(method: string, path: string, asked: Asked = {}, token?: string): Promise<Response> {
    const { headers, body, cache, signal, withinMs = limits.requestMs } = asked;
    const aborted = new AbortController();
    const abort = () => aborted.abort(signal?.reason);
    const cancel = this.environment.after(withinMs, () => aborted.abort(new Error("no answer")));
    signal?.addEventListener("abort", abort);
    try {
      signal?.throwIfAborted();
      const response = await this.environment.fetch(this.url(path), {
        method,
        headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        ...(body === undefined ? {} : { body }),
        ...(cache === undefined ? {} : { cache }),
        signal: aborted.signal,
      });
      if (!response.ok) {
        throw await refusalOf(response);
      }
      return response;
    } finally {
      cancel();
      signal?.removeEventListener("abort", abort);
    }
  }
}

/** The body of an answer. */
export async function answerOf(response: Response): Promise<Fields> {
  return fieldsOf(await response.json(), "answer");
}

async function refusalOf(response: Response): Promise<RequestRefused> {
  try {
    const problem = fieldsOf(await response.json(), "problem");
    const reason = problem.string("detail") || problem.string("title") || response.statusText;
    return new RequestRefused(response.status, problem.number("code"), reason, problem.number("retryAfterMs"));
  } catch {
    return new RequestRefused(response.status, 0, response.statusText);
  }
}
