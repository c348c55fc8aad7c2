import { useCallback, useEffect, useState } from "react";

export type Answer<T> =
  | { readonly state: "loading" }
  | { readonly state: "failed" }
  | { readonly state: "here"; readonly value: T };

/**
 * What a server answers to a question, and a way to ask again.
 *
 * @param ask the same function until it asks something else; told whether this is not the first time
 */
export function useAnswer<T>(ask: (again: boolean) => Promise<T>): readonly [Answer<T>, () => void] {
  const [answer, setAnswer] = useState<Answer<T>>({ state: "loading" });
  const [asked, setAsked] = useState(0);

  useEffect(() => {
    let over = false;
    ask(asked > 0).then(
      (value) => over || setAnswer({ state: "here", value }),
      () => over || setAnswer({ state: "failed" }),
    );
    return () => {
      over = true;
    };
  }, [ask, asked]);

  return [answer, useCallback(() => setAsked((times) => times + 1), [])];
}
