import { createStore } from "zustand";

/** What only the mounted canvas knows: where things are on the screen and how large they turned out. */
export type Stage = {
  /** Client coordinates → the graph's own. */
  toGraph(point: Point): Point;
  /** The middle of what is in view, in the graph's coordinates. */
  centre(): Point;
  /** Where the pointer last was over the canvas, in the graph's coordinates; else `undefined`. */
  pointer(): Point | undefined;
  /** Client coordinates of a place in the graph. */
  toClient(point: Point): Point;
  /** As measured; before that, what a card is by default. */
  sizeOf(nodeId: string): Size;
  fit(nodeIds?: readonly string[]): void;
  /** Moves the view so that this place in the graph is seen; not at all when it is. */
  reveal(box: Point & Size): void;
  /** Shows a place in the graph as large as it fits. */
  fitBox(box: Point & Size): void;
  /** What this edit moves goes there smoothly; the document has it at once. */
  glide(move: () => void): void;
  zoomBy(factor: number): void;
  zoomTo(zoom: number): void;
  /** At a place in client coordinates. Default: at the pointer. */
  openQuickAdd(client?: Point): void;
  rename(nodeId: string): void;
  /** As if they had been dropped there, in client coordinates. */
  dropFiles(files: readonly File[], client: Point): void;
};

export type Point = { readonly x: number; readonly y: number };
export type Size = { readonly width: number; readonly height: number };

export const CARD_WIDTH = 280;
export const defaultSize: Size = { width: CARD_WIDTH, height: 200 };

const stageStore = createStore<{ readonly stage: Stage | undefined }>(() => ({ stage: undefined }));

/** `undefined` while no canvas is there; then nothing that needs one can be asked for. */
export function stage(): Stage | undefined {
  return stageStore.getState().stage;
}

export function setStage(stage: Stage | undefined): void {
  stageStore.setState({ stage });
}
