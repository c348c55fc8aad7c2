import { act, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { onTestFinished } from "vitest";

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

globalThis.IS_REACT_ACT_ENVIRONMENT = true;

export interface Rendered {
  readonly element: HTMLElement;
  again(node: ReactNode): void;
  /** The only element with this test id. */
  find<E extends HTMLElement = HTMLElement>(testId: string): E;
  has(testId: string): boolean;
}

export function render(node: ReactNode): Rendered {
  const element = document.createElement("div");
  document.body.append(element);
  const root = createRoot(element);
  act(() => root.render(node));
  onTestFinished(() => {
    act(() => root.unmount());
    element.remove();
  });
  const all = (testId: string) => [...element.querySelectorAll<HTMLElement>(`[data-testid="${testId}"]`)];
  return {
    element,
    again: (next) => act(() => root.render(next)),
    has: (testId) => all(testId).length > 0,
    find<E extends HTMLElement>(testId: string): E {
      const [found, ...others] = all(testId);
      if (found === undefined || others.length > 0) {
        throw new Error(`${all(testId).length} elements with the test id ${testId}`);
      }
      return found as E;
    },
  };
}

/** What happens because of it has happened when this resolves. */
export async function does(deed: () => void): Promise<void> {
  await act(async () => deed());
}

export function types(input: HTMLTextAreaElement, text: string): void {
  // React listens to the setter of the element itself, so the prototype's is the one that a user moves.
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(input, text);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

export function presses(element: HTMLElement, key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  element.dispatchEvent(event);
  return event;
}
