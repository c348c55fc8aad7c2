import { type FormEvent, useId, useState } from "react";
import { Logo } from "../Logo.js";
import { LanguageSwitch, useWords } from "../words/language.js";

interface Props {
  readonly demo: boolean;
  /** Why one has to sign in. */
  readonly notice: string | undefined;
  /** False for what is not a token. */
  onToken(token: string): boolean;
}

export function SignIn({ demo, notice, onToken }: Props) {
  const words = useWords();
  const field = useId();
  const [token, setToken] = useState("");
  const [wrong, setWrong] = useState(false);

  function submit(event: FormEvent): void {
    event.preventDefault();
    setWrong(!onToken(token));
  }

  return (
    <main className="sign-in">
      <form onSubmit={submit}>
        <Logo />
        <p>{words.tagline}</p>
        {notice && (
          <p className="problem" role="status">
            {notice}
          </p>
        )}
        <label htmlFor={field}>{words.tokenHint}</label>
        <code>bocau token alice</code>
        <textarea
          id={field}
          rows={4}
          data-testid="token-input"
          aria-label={words.token}
          aria-invalid={wrong}
          spellCheck={false}
          autoComplete="off"
          value={token}
          onChange={(event) => {
            setToken(event.target.value);
            setWrong(false);
          }}
        />
        {wrong && (
          <p className="problem" role="alert">
            {words.notAToken}
          </p>
        )}
        <button type="submit" className="main-button" data-testid="sign-in" disabled={token.trim() === ""}>
          {words.signIn}
        </button>
        <div className="sign-in-links">
          <LanguageSwitch />
          {demo && (
            <a className="quiet-button" href="#/">
              {words.openDemo}
            </a>
          )}
        </div>
      </form>
    </main>
  );
}
