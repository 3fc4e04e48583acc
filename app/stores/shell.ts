import { createStore, type StoreApi, useStore } from "zustand";
import type { Take } from "../../src/engine/record.ts";
import type { ShownMedia } from "../../src/studio/contract.ts";
import { slimWindow, tightWindow, useIsSlim, useIsTight } from "../ui/window-width.ts";
import type { Point } from "./stage.ts";

export const drawers = ["nodes", "media", "runs", "outline", "posts"] as const;
export type Drawer = (typeof drawers)[number];

export const runTabs = ["timeline", "log", "problems", "items", "queue"] as const;
export type RunTab = (typeof runTabs)[number];

/** At most one of these is open. */
export type Overlay = "settings" | "shortcuts" | "palette" | "open" | "save-as" | "about";

/** Two takes of one node side by side. */
export type Comparison = {
  readonly nodeId: string;
  readonly title: string;
  readonly item: string;
  /** Oldest first. */
  readonly takes: readonly Take[];
  readonly left: string;
  readonly right: string;
};

/** Media, or a text by the hash of its words. */
export type MediaToDelete = {
  readonly sha256: string;
  readonly kind: ShownMedia["kind"] | "text";
  readonly title: string;
};

export type MenuTarget =
  | { readonly kind: "node"; readonly nodeId: string }
  | { readonly kind: "edge"; readonly edgeId: string }
  | { readonly kind: "pane" };

/** What of the window is open. Sizes are remembered by the panels themselves. */
export type ShellState = {
  readonly drawer: Drawer | undefined;
  readonly inspector: boolean;
  /** In a slim window, where it lies over the canvas and is closed until somebody wants it. */
  readonly inspectorOver: boolean;
  /** Which side of a node that has a result the inspector shows. */
  readonly inspectorTab: "params" | "result";
  readonly runPanel: RunTab | undefined;
  readonly overlay: Overlay | undefined;
  /** The menu of the canvas that is open, at client coordinates. */
  readonly menu: { readonly at: Point; readonly target: MenuTarget } | undefined;
  /** The node whose title is being written. */
  readonly renaming: string | undefined;
  /** The Table that is open in the large editor. */
  readonly table: string | undefined;
  readonly comparison: Comparison | undefined;
  /** What a person is asked about before it is deleted. */
  readonly mediaToDelete: MediaToDelete | undefined;
};

export const shellStore: StoreApi<ShellState> = createStore(() => ({
  drawer: undefined,
  inspector: true,
  inspectorOver: false,
  inspectorTab: "params",
  runPanel: undefined,
  overlay: undefined,
  menu: undefined,
  renaming: undefined,
  table: undefined,
  comparison: undefined,
  mediaToDelete: undefined,
}));

export function useShell<T>(select: (state: ShellState) => T): T {
  return useStore(shellStore, select);
}

export const openOverlay = (overlay: Overlay): void => shellStore.setState({ overlay });
export const closeOverlay = (): void => shellStore.setState({ overlay: undefined });

export const openMenu = (at: Point, target: MenuTarget): void =>
  shellStore.setState({ menu: { at, target } });
export const openTable = (nodeId: string | undefined): void => shellStore.setState({ table: nodeId });

export function toggleDrawer(drawer: Drawer): void {
  shellStore.setState((state) => ({ drawer: state.drawer === drawer ? undefined : drawer }));
}

/** Without a tab: closes it, or opens it where it was last. */
export function toggleRunPanel(tab?: RunTab): void {
  shellStore.setState(({ runPanel }) => {
    if (tab !== undefined && runPanel !== tab) return { runPanel: tab };
    return { runPanel: runPanel === undefined ? "timeline" : undefined };
  });
}

/** Whether the inspector lies over the canvas instead of beside it. */
function liesOver(drawer: Drawer | undefined, isSlim: boolean, isTight: boolean): boolean {
  return isSlim || (isTight && drawer !== undefined);
}

export function useInspectorLiesOver(): boolean {
  const drawer = useShell((state) => state.drawer);
  return liesOver(drawer, useIsSlim(), useIsTight());
}

/** Opens or closes what the window has room for: the panel beside the canvas, or the one over it. */
export function toggleInspector(): void {
  shellStore.setState(({ inspector, inspectorOver, drawer }) =>
    liesOver(drawer, slimWindow().matches, tightWindow().matches)
      ? { inspectorOver: !inspectorOver }
      : { inspector: !inspector },
  );
}
