import { isUnderWay, type StepStatus } from "../../src/engine/record.ts";

/** How tall a card was as a run left it, in the graph's pixels, and in which run it was so. */
export type LeftHeight = { readonly runId: string | undefined; readonly height: number };

/** What a card shows now: of which run, in which state, and how tall it is by that. */
export type ShownState = {
  readonly runId: string | undefined;
  /** `undefined` where the run does not have the node. */
  readonly status: StepStatus["kind"] | "cached" | undefined;
  /** `undefined` until it is measured. */
  readonly height: number | undefined;
};

/** A step under way has nothing of its own to show yet. */
const isEmpty = (status: ShownState["status"]) =>
  status !== undefined && status !== "cached" && isUnderWay(status);

/** Whether a card keeps the height of the run before: its step is under way again, and how it will stand is not known. */
export function keepsHeight(left: LeftHeight | undefined, { runId, status }: ShownState): left is LeftHeight {
  return left !== undefined && left.runId !== runId && isEmpty(status);
}

/** What there is to keep from now on. Pure. */
export function leftHeight(left: LeftHeight | undefined, now: ShownState): LeftHeight | undefined {
  if (isEmpty(now.status) || now.height === undefined) return left;
  return { runId: now.runId, height: now.height };
}
