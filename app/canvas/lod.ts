import { createStore, useStore } from "zustand";

/** How much of a card is drawn. */
export type Lod = "full" | "compact" | "swatch";

/** Below these zooms a card's text cannot be read, then not even its title. */
const FULL_FROM = 0.5;
const COMPACT_FROM = 0.28;

const lodStore = createStore<{ readonly lod: Lod }>(() => ({ lod: "full" }));

/** Told of each zoom; cards hear of it only when it crosses into another level. */
export function setZoom(zoom: number): void {
  const lod = zoom >= FULL_FROM ? "full" : zoom >= COMPACT_FROM ? "compact" : "swatch";
  if (lodStore.getState().lod !== lod) lodStore.setState({ lod });
}

/** For the first drawing of a large graph: every card is drawn once to be measured, as cheaply as can be. */
export function setFarthest(): void {
  lodStore.setState({ lod: "swatch" });
}

export function useLod(): Lod {
  return useStore(lodStore, ({ lod }) => lod);
}
