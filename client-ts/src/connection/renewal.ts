import type { Cancel, Environment } from "../environment.js";
import { limits } from "../limits.js";
import type { Session } from "./session.js";
import type { Tokens } from "./tokens.js";

/** Brings a running session a new token before the old one expires, so that it need not end. */
export class Renewal {
  private timer: Cancel | undefined;
  private session: Session | undefined;
  /** The server's clock less ours: what expires there is told in its time. */
  private aheadMs = 0;
  /** No token was accepted since the server has called one expired. */
  private toldExpired = false;

  constructor(
    private readonly environment: Environment,
    private readonly tokens: Tokens,
    private readonly failed: (failure: unknown) => void,
  ) {}

  began(session: Session, serverTime: number, expiresAt: number): void {
    this.session = session;
    this.aheadMs = serverTime - this.environment.now();
    this.accepted(expiresAt);
  }

  accepted(expiresAt: number): void {
    this.toldExpired = false;
    const leftMs = expiresAt - this.aheadMs - this.environment.now();
    this.renewAfter(leftMs - Math.min(limits.renewBeforeMs, leftMs / 2));
  }

  /**
   * The server waits a while for another token before it ends the session. Told again, it means the token that the app
   * gave then: asked at once, the app would give the same.
   */
  expired(): void {
    this.renewAfter(this.toldExpired ? limits.renewAgainMs : 0);
    this.toldExpired = true;
  }

  stop(): void {
    this.timer?.();
    this.session = undefined;
  }

  private renewAfter(delayMs: number): void {
    const { session } = this;
    this.timer?.();
    if (session !== undefined) {
      this.timer = this.environment.after(delayMs, () => void this.renew(session));
    }
  }

  private async renew(session: Session): Promise<void> {
    try {
      session.send({ type: "token", token: await this.tokens.renew() });
    } catch (failure) {
      this.failed(failure);
      if (this.session === session) {
        this.renewAfter(limits.renewAgainMs);
      }
    }
  }
}
