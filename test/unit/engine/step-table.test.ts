import { expect, test } from "vitest";
import type { StepState } from "../../../src/engine/record.ts";
import { StepTable } from "../../../src/engine/record.ts";
import type { StepId } from "../../../src/graph/plan/plan.ts";

const id = (name: string) => name as StepId; // the brand is made by the planner elsewhere

const step = (name: string, attempt = 0): StepState => ({
  ...{ stepId: id(name), nodeId: name, itemPath: [], type: "generate", title: name, needs: [] },
  ...{ status: { kind: "waiting" }, attempt, outputs: [], previewFailures: {} },
});

test("reads as a map in the order of the plan", () => {
  const table = StepTable.of([step("b"), step("a")]);
  const map = new Map([step("b"), step("a")].map((each) => [each.stepId, each]));
  expect([...table]).toEqual([...map]);
  expect([...table.keys()]).toEqual([...map.keys()]);
  expect([...table.values()]).toEqual([...map.values()]);
  expect(table.size).toBe(2);
  expect([table.has(id("a")), table.has(id("c"))]).toEqual([true, false]);
  expect(table.get(id("c"))).toBeUndefined();
  const seen: unknown[] = [];
  table.forEach((each, stepId) => {
    seen.push([stepId, each]);
  });
  expect(seen).toEqual([...map]);
});

test("what is put into a copy is in no other, and keeps its place", () => {
  const table = StepTable.of([step("a"), step("b"), step("c")]);
  const copy = table.copy();
  copy.put(step("b", 1));
  expect(table.get(id("b"))?.attempt).toBe(0);
  expect([...copy.values()].map(({ stepId, attempt }) => [stepId, attempt])).toEqual([
    ["a", 0],
    ["b", 1],
    ["c", 0],
  ]);
  expect(copy).not.toEqual(table);
});

test("a run neither gains steps nor has two of one id", () => {
  expect(() => StepTable.of([step("a"), step("a")])).toThrow("same id");
  expect(() => StepTable.of([step("a")]).put(step("b"))).toThrow("no step b");
});
