import { isComposing } from "./key-names.ts";

/**
 * While an input method composes, its Enter, Escape and arrows belong to it: no list closes, no rename ends. Held once,
 * before any listener of ours or of a library hears the key.
 *
 * @returns stops it
 */
export function leaveComposingAlone(): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (isComposing(event)) event.stopImmediatePropagation();
  };
  window.addEventListener("keydown", onKey, { capture: true });
  return () => window.removeEventListener("keydown", onKey, { capture: true });
}
