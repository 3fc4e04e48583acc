import { expect, test } from "vitest";
import { itemsLeftMs } from "../../app/items/items-left.ts";
import { groupByNode } from "../../app/stores/run-steps.ts";
import type { RunEventBody, RunSignal, Scope } from "../../src/engine/record.ts";
import { emptyRun, openFold } from "../../src/engine/record.ts";
import { formatStepId } from "../../src/graph/plan/step-id.ts";

const rows = ["a", "b", "c", "d", "e", "f", "g", "h"];
const id = (row: string) => formatStepId("g", ["t", row]);

/** Eight rows of a node, of which some have begun and ended at the given times. */
function left(
  times: { readonly [row: string]: readonly [began: number, ended?: number] },
  now: number,
  signals: { readonly [row: string]: { readonly endsAt: number; readonly lateAt: number } } = {},
  cached = false,
): number | undefined {
  const scope = "s" as Scope; // opaque, and compared with nothing here
  const fold = openFold(
    emptyRun({
      ...{ runId: "r", seq: 1, at: 0, type: "run-started", graphId: "g", graphName: "A", scope },
      serverLabel: "Sandbox",
      steps: rows.map((row) => ({
        ...{ stepId: id(row), nodeId: "g", itemPath: ["t", row], type: "generate", title: "g", needs: [] },
      })),
    }),
  );
  let seq = 1;
  const push = (at: number, body: RunEventBody) => fold.push({ runId: "r", seq: ++seq, at, ...body });
  for (const [row, [began, ended]] of Object.entries(times)) {
    push(began, { type: "step-started", stepId: id(row), attempt: 1 });
    if (ended !== undefined) push(ended, { type: "step-succeeded", stepId: id(row), outputs: [], cached });
  }
  const run = fold.state();
  const group = groupByNode(run).get("g");
  if (!group) throw new Error("There is one.");
  const told = new Map<string, RunSignal>(
    Object.entries(signals).map(([row, eta]) => [id(row), { runId: "r", stepId: id(row), eta }]),
  );
  return itemsLeftMs(group, run.steps, told, now);
}

test("what is left goes by the pace of this run once enough of it is made", () => {
  const made = { a: [0, 1000], b: [0, 2000], c: [0, 3000], d: [0, 4000], e: [0, 5000] } as const;
  expect(left({ ...made, f: [5000] }, 5000)).toBe(3000);
  expect(left({ ...made, f: [5000] }, 5400)).toBe(2600);
  expect(left({ ...made, f: [5000] }, 60_000)).toBe(1);
});

test("before that it goes by what is known of the jobs that are out", () => {
  const eta = { endsAt: 10_000, lateAt: 20_000 };
  expect(left({ a: [0], b: [0] }, 4000)).toBeUndefined();
  // Two at once, six to come of 10 s each: three rounds after this one.
  expect(left({ a: [0], b: [0] }, 4000, { a: eta, b: eta })).toBe(6000 + 30_000);
});

test("what was taken from earlier results says nothing of the pace", () => {
  const cached = { a: [0, 1], b: [0, 1], c: [0, 1], d: [0, 1], e: [0, 1], f: [1] } as const;
  expect(left(cached, 10, {}, true)).toBeUndefined();
});

test("the last ones are as far as the longest of them, and late when all of them are", () => {
  const all = Object.fromEntries(rows.map((row) => [row, [0] as const]));
  const etas = Object.fromEntries(
    rows.map((row, at) => [row, { endsAt: 1000 * (at + 1), lateAt: 20_000 }] as const),
  );
  expect(left(all, 500, etas)).toBe(7500);
  expect(left(all, 20_001, etas)).toBe(0);
});

test("nothing is left of what does not run", () => {
  expect(left({}, 10)).toBeUndefined();
});
