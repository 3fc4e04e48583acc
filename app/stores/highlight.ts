import { type RefObject, useEffect } from "react";
import { createStore, type StoreApi } from "zustand";

/**
 * The nodes that a press would touch, shown while a verb has the pointer or the focus. Marked on the cards by an
 * attribute and drawn by CSS alone, so that no card renders for it, however many there are.
 */
const highlightStore: StoreApi<{
  readonly nodeIds: ReadonlySet<string> | undefined;
  /** Who shows them. */
  readonly owner: unknown;
}> = createStore(() => ({ nodeIds: undefined, owner: undefined }));

/** @param by who shows them; only the same one, or a later one, takes them away. */
export function showNodes(by: unknown, nodeIds: ReadonlySet<string>): void {
  highlightStore.setState({ nodeIds, owner: by });
  document.documentElement.toggleAttribute("data-showing-nodes", true);
}

export function hideNodes(by: unknown): void {
  if (highlightStore.getState().owner !== by) return;
  highlightStore.setState({ nodeIds: undefined, owner: undefined });
  document.documentElement.toggleAttribute("data-showing-nodes", false);
}

/** Keeps the attribute on a card true, and on the box that React Flow places it by: that one rises above the veil. */
export function useShownMark(nodeId: string, card: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const mark = () => {
      const isShown = highlightStore.getState().nodeIds?.has(nodeId) ?? false;
      for (const element of [card.current, card.current?.parentElement])
        element?.toggleAttribute("data-shown-node", isShown);
    };
    mark();
    return highlightStore.subscribe(mark);
  }, [nodeId, card]);
}
