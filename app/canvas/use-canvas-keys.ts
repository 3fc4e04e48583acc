import { useEffect } from "react";
import { useCommands } from "../stores/commands.ts";
import { graphStore } from "../stores/graph.ts";
import { copySelection, pasteText } from "../stores/graph-clipboard.ts";
import { removeSelection } from "../stores/graph-edits.ts";
import { findShortcut, keyNames } from "../ui/key-names.ts";
import { canvasActions } from "./canvas-actions.ts";

/** Whether a key belongs to what has the focus: a field, a dialog, a menu. */
function isElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  const fields = 'input, textarea, select, [contenteditable="true"]';
  return target.closest(`${fields}, ${openLayers}`) !== null;
}

/** A menu on its way out still has the focus, but a key pressed then is meant for the canvas. */
const openLayers = ["dialog", "menu", "listbox", "grid"]
  .map((role) => `[role="${role}"]:not([data-closed])`)
  .join(", ");

/**
 * Whether Tab brought the focus where it is. Only then a person sees it, and only then it says what they mean; after a
 * press of the mouse they go by what is selected.
 */
const focusOrigin = createFocusOrigin();

export const didFocusComeByKeys = (): boolean => focusOrigin.isKeys();

function createFocusOrigin() {
  let isKeys = false;
  const onTab = (event: KeyboardEvent) => {
    if (event.key === "Tab") isKeys = true;
  };
  const onPress = () => {
    isKeys = false;
  };
  return {
    isKeys: () => isKeys,
    /** Returns how to stop. */
    watch(): () => void {
      document.addEventListener("keydown", onTab, { capture: true });
      document.addEventListener("pointerdown", onPress, { capture: true });
      return () => {
        document.removeEventListener("keydown", onTab, { capture: true });
        document.removeEventListener("pointerdown", onPress, { capture: true });
      };
    },
  };
}

type Part = { readonly kind: "node" | "edge"; readonly id: string };

/** The card or wire that has the focus, or holds what has it. */
function focusedPart(): Part | undefined {
  const part = document.activeElement?.closest(".react-flow__node, .react-flow__edge");
  const id = part?.getAttribute("data-id");
  if (!part || !id) return undefined;
  return { kind: part.matches(".react-flow__edge") ? "edge" : "node", id };
}

/** What has the focus is meant, though something else be selected. */
function selectFocused(): void {
  const part = didFocusComeByKeys() ? focusedPart() : undefined;
  if (!part || isSelected(part)) return;
  const { select } = graphStore.getState();
  if (part.kind === "node") select([part.id]);
  else select([], [part.id]);
}

function isSelected({ kind, id }: Part): boolean {
  const { selectedNodeIds, selectedEdgeIds } = graphStore.getState();
  return (kind === "node" ? selectedNodeIds : selectedEdgeIds).has(id);
}

const canvasOf = (target: EventTarget | null): Element | null =>
  target instanceof Element ? target.closest('[role="application"]') : null;

/** Whether Tab went to something beside the canvas: what is selected there is out of mind. */
function isBesideCanvas(target: EventTarget | null): boolean {
  return didFocusComeByKeys() && target !== document.body && canvasOf(target) === null;
}

/** Out of a card's field and onto the card, whose keys are the canvas's. Whether there was a field to leave. */
function leaveField(target: EventTarget | null): boolean {
  const isField = target instanceof Element && target.matches("input, textarea");
  if (!isField || target.closest(openLayers)) return false;
  const card = target.closest<HTMLElement>(".react-flow__node");
  card?.focus({ preventScroll: true });
  return card !== null;
}

/** A card that is deleted takes the focus with it; the canvas has it then, not the top of the window. */
function keepFocusOn(canvas: Element | null): void {
  if (!canvas?.contains(document.activeElement)) return;
  requestAnimationFrame(() => {
    if (document.activeElement === document.body)
      canvas.querySelector<HTMLElement>("[data-canvas-focus]")?.focus({ preventScroll: true });
  });
}

const shortcuts = new Map(
  canvasActions
    .filter(({ id }) => !["cut", "copy", "paste"].includes(id))
    .flatMap((action) =>
      [action.keys, ...(action.otherKeys ?? [])].flatMap((keys) => (keys ? [[keys, action] as const] : [])),
    ),
);

/** Keys and clipboard of the canvas, while nothing else wants them. */
export function useCanvasKeys(onFiles: (files: readonly File[]) => void): void {
  const { run } = useCommands();
  useEffect(() => {
    /** Enter and Space select what has the focus; Enter on what is selected runs it. */
    const onChoose = (event: KeyboardEvent, isEnter: boolean) => {
      if (event.target instanceof Element && event.target.closest("button, a, [role=button]")) return;
      if (isBesideCanvas(event.target)) return;
      const part = didFocusComeByKeys() ? focusedPart() : undefined;
      if (part && !isSelected(part)) {
        event.preventDefault();
        return selectFocused();
      }
      const { selectedNodeIds } = graphStore.getState();
      if (!isEnter || selectedNodeIds.size === 0 || part?.kind === "edge") return;
      event.preventDefault();
      if (!event.repeat) run({ kind: "only", nodeIds: [...selectedNodeIds] });
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const [keys] = keyNames(event);
      const found = findShortcut(event, shortcuts);
      // Zooming with Ctrl writes nothing, so a field may keep the focus meanwhile.
      const zooms = found?.meaning.id.startsWith("zoom-") && found.keys.startsWith("Mod+");
      const isIn = zooms
        ? event.target instanceof Element && event.target.closest(openLayers)
        : isElsewhere(event.target);
      if (isIn && keys === "Escape" && leaveField(event.target)) return event.preventDefault();
      if (isIn) return;
      if (keys === "Enter" || keys === "Space") return onChoose(event, keys === "Enter");
      if (!found) return;
      const { ofSelection, enabled, run: act } = found.meaning;
      if (ofSelection) {
        if (isBesideCanvas(event.target)) return;
        selectFocused();
      }
      if (enabled?.() === false) return;
      event.preventDefault();
      const canvas = canvasOf(event.target);
      act();
      keepFocusOn(canvas);
    };
    const onCopy = (event: ClipboardEvent) => {
      if (isElsewhere(event.target) || !getSelection()?.isCollapsed) return;
      selectFocused();
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
    const onPress = ({ target }: PointerEvent) => {
      // Browsers keep a selected text then, and the next copy would take it instead of the card.
      const reads = target instanceof Element && target.closest(".nodrag, input, textarea");
      if (canvasOf(target) && !reads) getSelection()?.removeAllRanges();
    };
    const stopFocusOrigin = focusOrigin.watch();
    document.addEventListener("pointerdown", onPress, { capture: true });
    document.addEventListener("keydown", onKeyDown);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      stopFocusOrigin();
      document.removeEventListener("pointerdown", onPress, { capture: true });
      document.removeEventListener("keydown", onKeyDown);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [onFiles, run]);
}
