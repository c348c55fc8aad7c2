import { useCallback, useEffect, useState } from "react";

export type Answer<T> =
  | { readonly state: "loading" }
  | { readonly state: "failed" }
  | { readonly state: "here"; readonly value: T };

/**
 * What a server answers to a question, and a way to ask again.
 *
 * @param ask the same function until it asks something else
 */
export function useAnswer<T>(ask: () => Promise<T>): readonly [Answer<T>, () => void] {
  const [answer, setAnswer] = useState<Answer<T>>({ state: "loading" });
  const [asked, setAsked] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: asking again is asking the same
  useEffect(() => {
    let over = false;
    ask().then(
      (value) => over || setAnswer({ state: "here", value }),
      () => over || setAnswer({ state: "failed" }),
    );
    return () => {
      over = true;
    };
  }, [ask, asked]);

  return [answer, useCallback(() => setAsked((times) => times + 1), [])];
}
