import { createStore, type StoreApi, useStore } from "zustand";
import { slimWindow, tightWindow, useIsSlim, useIsTight } from "../ui/window-width.ts";

export const drawers = ["nodes", "media", "runs", "outline", "posts"] as const;
export type Drawer = (typeof drawers)[number];

export const runTabs = ["timeline", "log", "problems", "items", "queue"] as const;
export type RunTab = (typeof runTabs)[number];

/** At most one of these is open. */
export type Overlay = "settings" | "shortcuts" | "palette" | "open" | "save-as" | "about";

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
};

export const shellStore: StoreApi<ShellState> = createStore(() => ({
  drawer: undefined,
  inspector: true,
  inspectorOver: false,
  inspectorTab: "params",
  runPanel: undefined,
  overlay: undefined,
}));

export function useShell<T>(select: (state: ShellState) => T): T {
  return useStore(shellStore, select);
}

export const openOverlay = (overlay: Overlay): void => shellStore.setState({ overlay });
export const closeOverlay = (): void => shellStore.setState({ overlay: undefined });

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
