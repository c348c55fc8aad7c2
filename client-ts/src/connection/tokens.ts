/** The token that the app gives, kept until it is refused or runs out. */
export class Tokens {
  private current: Promise<string> | undefined;

  /** @param ask the app's: a token that is good now */
  constructor(private readonly ask: () => Promise<string>) {}

  get(): Promise<string> {
    if (this.current === undefined) {
      const asked = this.ask();
      this.current = asked;
      asked.catch(() => this.discard(asked));
    }
    return this.current;
  }

  /** A new one, whatever the old one is worth. */
  renew(): Promise<string> {
    this.current = undefined;
    return this.get();
  }

  /** The server does not take it: the next one is asked for. */
  forget(): void {
    this.current = undefined;
  }

  private discard(asked: Promise<string>): void {
    if (this.current === asked) {
      this.current = undefined;
    }
  }
}
