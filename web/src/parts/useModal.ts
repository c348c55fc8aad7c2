import { type RefObject, useEffect, useRef } from "react";

/** For a dialog over the whole page, as long as it is drawn; the browser keeps the focus in it, and Escape closes it. */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return dialog;
}
