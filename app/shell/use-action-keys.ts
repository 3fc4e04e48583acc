import { useEffect } from "react";
import { isMac } from "../ui/keys.tsx";
import type { Action } from "./actions.ts";

/** Presses of an action's keys, wherever the focus is; plain keys only outside of fields. */
export function useActionKeys(actions: readonly Action[]): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const action = actions.find(
        ({ keys, otherKeys, ofCanvas }) => !ofCanvas && (matches(event, keys) || matches(event, otherKeys)),
      );
      if (!action) return;
      // Also when it is not enabled now: the browser's own "save page" would only confuse.
      event.preventDefault();
      if (document.querySelector('[role="dialog"][data-open]')) return;
      // A key that is held down is one wish, not many runs.
      if (event.repeat && action.group === "Run") return;
      if (action.enabled?.() ?? true) action.run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [actions]);
}

function matches(event: KeyboardEvent, keys: string | undefined): boolean {
  if (keys === undefined) return false;
  const parts = keys.split("+");
  const key = parts.at(-1) ?? "";
  const wants = (name: string) => parts.includes(name);
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (mod !== wants("Mod") || event.altKey !== wants("Alt")) return false;
  // "?" is already a shifted key.
  if (key !== "?" && event.shiftKey !== wants("Shift")) return false;
  if (!wants("Mod") && !wants("Alt") && isTyping(event.target)) return false;
  // With Alt some layouts write another character, so digits and letters are also told by their place.
  return event.key.toLowerCase() === key.toLowerCase() || event.code === codeOf(key);
}

function codeOf(key: string): string {
  if (/^\d$/.test(key)) return `Digit${key}`;
  return /^[A-Za-z]$/.test(key) ? `Key${key.toUpperCase()}` : "";
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null
  );
}
