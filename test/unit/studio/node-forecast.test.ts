import { expect, test } from "vitest";
import type { JobClass } from "../../../src/engine/polling/job-times.ts";
import type { PlannedStep, StepId } from "../../../src/graph/plan/plan.ts";
import { nodeForecasts, type PricedStep } from "../../../src/studio/preflight/node-forecast.ts";

const id = (name: string) => name as StepId; // a fixture's brand

function stepOf(
  name: string,
  needs: readonly string[],
  more: Partial<PricedStep> & { nodeId?: string } = {},
): PricedStep {
  const step: PlannedStep = {
    stepId: id(name),
    nodeId: more.nodeId ?? name,
    itemPath: [],
    type: "generate",
    title: name,
    params: {},
    inputs: needs.map((need) => ({ portId: "in", fromStep: id(need), fromPort: "out" })),
    outputs: [],
  };
  return {
    step,
    kind: "generate",
    work: {
      kind: "generate",
      family: "image",
      path: "/image/generate",
      deadlineMs: 900_000,
      model: name.startsWith("video") ? "slow" : "quick",
      params: {},
      attachments: [],
      outputs: [{ port: "out", select: { kind: "image" } }],
    },
    costMicrodollars: 1_000,
    ...more,
  };
}

/** Quick jobs take 4 s or 10 s, slow ones 60 s or 90 s, and of others nobody knows. */
const times = {
  forecast({ model }: JobClass) {
    const known = { quick: [4_000, 10_000], slow: [60_000, 90_000] }[model];
    if (!known) return undefined;
    return {
      quantile: (share: number) => known[share > 0.5 ? 1 : 0] ?? 0,
      nextLook: () => ({ inMs: 1_000, elapsedMs: 0 }) as never, // not asked
      eta: () => ({ leftMs: 0, lateInMs: 0 }),
    };
  },
};

test("the time of the whole follows the longest chain, by the median and by nine of ten", () => {
  const { time } = nodeForecasts(
    [
      stepOf("a", []),
      stepOf("video", ["a"]),
      stepOf("b", ["a"]),
      stepOf("c", ["b"]),
      stepOf("end", ["c", "video"]),
    ],
    times,
  );
  expect(time).toEqual({ p50Ms: 4_000 + 60_000 + 4_000, p90Ms: 10_000 + 90_000 + 10_000, unknownSteps: 0 });
});

test("items of one node are counted together, and branches beside each other take no longer", () => {
  const rows = Array.from({ length: 50 }, (_, row) => stepOf(`row ${row}`, [], { nodeId: "picture" }));
  const { nodes, time } = nodeForecasts(
    [...rows, stepOf("odd", [], { nodeId: "picture", costMicrodollars: undefined })],
    times,
  );
  expect(nodes).toEqual([
    {
      nodeId: "picture",
      title: "row 0",
      type: "generate",
      steps: 51,
      estimateMicrodollars: 50_000,
      unpricedSteps: 1,
      time: { p50Ms: 4_000, p90Ms: 10_000 },
    },
  ]);
  expect(time).toMatchObject({ p50Ms: 4_000, p90Ms: 10_000 });
});

test("what this machine knows nothing of is said, not guessed", () => {
  const { nodes, time } = nodeForecasts(
    [
      stepOf("post", [], {
        kind: "publish",
        work: { kind: "impossible", message: "", remedy: "" },
        costMicrodollars: 0,
      }),
      stepOf("render", [], {
        kind: "edit",
        work: { kind: "impossible", message: "", remedy: "" },
        costMicrodollars: 0,
      }),
      stepOf("text", [], { kind: "finish", work: { kind: "finish", outputs: [] }, costMicrodollars: 0 }),
    ],
    times,
  );
  expect(time).toEqual({ p50Ms: 0, p90Ms: 0, unknownSteps: 2 });
  expect(nodes.map(({ time }) => time)).toEqual([undefined, undefined, undefined]);
});
