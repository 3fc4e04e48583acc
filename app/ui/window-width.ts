import { useSyncExternalStore } from "react";

/** No room for drawer and inspector at their own widths. */
const narrowWindow = () => window.matchMedia("(max-width: 1439px)");

/** No room for an inspector beside the canvas. */
export const slimWindow = () => window.matchMedia("(max-width: 899px)");

/** With a drawer open no room for an inspector beside the canvas, which keeps most of the window. */
export const tightWindow = () => window.matchMedia("(max-width: 1199px)");

export const useIsTight = (): boolean => useMatches(tightWindow);
export const useIsNarrow = (): boolean => useMatches(narrowWindow);
export const useIsSlim = (): boolean => useMatches(slimWindow);

function useMatches(query: () => MediaQueryList): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const list = query();
      list.addEventListener("change", onChange);
      return () => list.removeEventListener("change", onChange);
    },
    () => query().matches,
  );
}
