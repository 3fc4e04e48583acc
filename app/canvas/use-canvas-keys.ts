import { useEffect } from "react";
import { useCommands } from "../stores/commands.ts";
import { graphStore } from "../stores/graph.ts";
import { copySelection, pasteText, removeSelection } from "../stores/graph-edits.ts";
import { isMac } from "../ui/keys.tsx";
import { canvasActions } from "./canvas-actions.ts";

/** Whether a key belongs to what has the focus: a field, a dialog, a menu. */
function isElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  const fields = 'input, textarea, select, [contenteditable="true"]';
  // A menu on its way out still has the focus, but a key pressed then is meant for the canvas.
  const open = ["dialog", "menu", "listbox", "grid"].map((role) => `[role="${role}"]:not([data-closed])`);
  const own = [fields, ...open].join(", ");
  return target.closest(own) !== null;
}

/** Whether the focus is on the canvas itself. While it is nowhere, Tab is the way into the window, as everywhere. */
function isOnCanvas(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest('[aria-label="Canvas"]') !== null && !target.closest("button, a, .react-flow__node");
}

/** "Mod+Shift+Z", as the actions name keys. */
function keysOf(event: KeyboardEvent): string {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // On most keyboards these need Shift; what was meant is the character.
  const shift = event.shiftKey && !/^[+?/]$/.test(key);
  return [mod && "Mod", event.altKey && "Alt", shift && "Shift", key].filter(Boolean).join("+");
}

const byKeys = new Map(
  canvasActions
    .filter(({ id }) => !["cut", "copy", "paste"].includes(id))
    .flatMap((action) => [action.keys, ...(action.otherKeys ?? [])].map((keys) => [keys, action] as const)),
);

/** Keys and clipboard of the canvas, while nothing else wants them. */
export function useCanvasKeys(onFiles: (files: readonly File[]) => void): void {
  const { run } = useCommands();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isElsewhere(event.target)) return;
      const keys = keysOf(event);
      // With the focus on a card or a button, or outside of the canvas, Tab walks on as everywhere.
      if (keys === "Tab" && !isOnCanvas(event.target)) return;
      if (keys === "Enter") {
        const { selectedNodeIds } = graphStore.getState();
        const isButton = event.target instanceof Element && event.target.closest("button, a");
        if (isButton || selectedNodeIds.size === 0) return;
        event.preventDefault();
        if (event.repeat) return;
        return run({ kind: "only", nodeIds: [...selectedNodeIds] });
      }
      const action = byKeys.get(keys);
      if (!action || action.enabled?.() === false) return;
      event.preventDefault();
      action.run();
    };
    const onCopy = (event: ClipboardEvent) => {
      if (isElsewhere(event.target) || !getSelection()?.isCollapsed) return;
      const text = copySelection();
      if (text === undefined) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut") removeSelection();
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isElsewhere(event.target) || !event.clipboardData) return;
      const files = [...event.clipboardData.files];
      if (files.length > 0) onFiles(files);
      else pasteText(event.clipboardData.getData("text/plain"));
      event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [onFiles, run]);
}
