import { useEffect } from "react";
import { findShortcut, keyNames, writesText } from "../ui/key-names.ts";
import type { Action } from "./actions.ts";

/** The browser's own zoom makes the whole window unfit for its screen; on the canvas these zoom the graph. */
const zoomsPage = /^Mod\+(=|-|_|0|Plus)$/;

/** A wheel turned with Ctrl, and two fingers on a touchpad that spread, zoom the canvas and nowhere the page. */
export function useWheelZoomsNoPage(): void {
  useEffect(() => {
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey) event.preventDefault();
    };
    const options = { capture: true, passive: false };
    window.addEventListener("wheel", onWheel, options);
    return () => window.removeEventListener("wheel", onWheel, options);
  }, []);
}

/** Presses of an action's keys, wherever the focus is; keys that write only outside of fields. */
export function useActionKeys(actions: readonly Action[]): void {
  useEffect(() => {
    const shortcuts = new Map(
      actions
        .filter(({ ofCanvas }) => !ofCanvas)
        .flatMap((action) =>
          [action.keys, action.otherKeys].flatMap((keys) => (keys ? [[keys, action] as const] : [])),
        ),
    );
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if (keyNames(event).some((keys) => zoomsPage.test(keys))) event.preventDefault();
      const found = findShortcut(event, shortcuts);
      if (!found || (isTyping(event.target) && writesText(found.keys))) return;
      // Also when it is not enabled now: the browser's own "save page" would only confuse.
      event.preventDefault();
      if (document.querySelector('[role="dialog"][data-open]')) return;
      const { enabled, group, run } = found.meaning;
      // A key that is held down is one wish, not many runs.
      if (event.repeat && group === "Run") return;
      if (enabled?.() ?? true) run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [actions]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null
  );
}
