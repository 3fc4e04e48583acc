import { createStore, useStore } from "zustand";
import type { Take } from "../../src/engine/record.ts";

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

const compareStore = createStore<{ readonly comparison: Comparison | undefined }>(() => ({
  comparison: undefined,
}));

export function useComparison(): Comparison | undefined {
  return useStore(compareStore, (state) => state.comparison);
}

/** Begins with the take that flows on, beside the newest of the others. */
export function openCompare(of: {
  readonly nodeId: string;
  readonly title: string;
  readonly item: string;
  readonly takes: readonly Take[];
  readonly left: Take | undefined;
}): void {
  const { left, ...rest } = of;
  const right = of.takes.findLast((take) => take !== left);
  if (left && right)
    compareStore.setState({ comparison: { ...rest, left: left.takeId, right: right.takeId } });
}

export function putBeside(side: "left" | "right", takeId: string): void {
  const { comparison } = compareStore.getState();
  if (comparison) compareStore.setState({ comparison: { ...comparison, [side]: takeId } });
}

export function closeCompare(): void {
  compareStore.setState({ comparison: undefined });
}
