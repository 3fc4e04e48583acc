import { expect, test } from "vitest";
import { keepsHeight, type LeftHeight, leftHeight, type ShownState } from "../../app/canvas/kept-height.ts";

const state = (runId: string, status: ShownState["status"], height: number): ShownState => ({
  runId,
  status,
  height,
});
const after = (...states: readonly ShownState[]) =>
  states.reduce<LeftHeight | undefined>(leftHeight, undefined);

test("a card that asked keeps its height in the next run until its new state is known", () => {
  const left = after(state("one", "running", 432), state("one", "waiting-for-approval", 700));
  expect(left?.height).toBe(700);
  for (const status of ["waiting", "running"] as const) {
    expect(keepsHeight(left, state("two", status, 432))).toBe(true);
    expect(leftHeight(left, state("two", status, 432))).toEqual(left);
  }
  for (const status of ["waiting-for-approval", "succeeded", "failed"] as const)
    expect(keepsHeight(left, state("two", status, 432))).toBe(false);
});

test("within one run a card is as tall as what it shows", () => {
  const left = after(state("one", "waiting-for-approval", 700));
  expect(keepsHeight(left, state("one", "running", 432))).toBe(false);
  expect(keepsHeight(undefined, state("one", "waiting", 432))).toBe(false);
});
