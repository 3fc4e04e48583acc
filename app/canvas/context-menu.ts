import { createStore } from "zustand";
import type { Point } from "../stores/stage.ts";

export type MenuTarget =
  | { readonly kind: "node"; readonly nodeId: string }
  | { readonly kind: "edge"; readonly edgeId: string }
  | { readonly kind: "pane" };

/** The menu that is open, at client coordinates. */
export const contextMenuStore = createStore<{
  readonly open: { readonly at: Point; readonly target: MenuTarget } | undefined;
}>(() => ({ open: undefined }));

export function openNodeMenu(at: Point, nodeId: string): void {
  contextMenuStore.setState({ open: { at, target: { kind: "node", nodeId } } });
}

export function openEdgeMenu(at: Point, edgeId: string): void {
  contextMenuStore.setState({ open: { at, target: { kind: "edge", edgeId } } });
}

export function openPaneMenu(at: Point): void {
  contextMenuStore.setState({ open: { at, target: { kind: "pane" } } });
}

export function closeMenu(): void {
  contextMenuStore.setState({ open: undefined });
}
