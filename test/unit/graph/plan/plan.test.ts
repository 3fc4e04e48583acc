import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunSelection } from "../../../../src/graph/check/selection.ts";
import type { Graph } from "../../../../src/graph/document/schema.ts";
import type { Plan } from "../../../../src/graph/plan/plan.ts";
import { planRun } from "../../../../src/graph/plan/plan-run.ts";
import { formatStepId, parseStepId, type StepId } from "../../../../src/graph/plan/step-id.ts";
import { builtInCatalogue } from "../../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../../src/nodes/definitions.ts";
import { arbitraryGraph, runnableGraph } from "../../../support/graph-arbitraries.ts";
import { chainOf, fileOf, graphOf, nodeOf, wireOf } from "../../../support/graph-builders.ts";

const describe = describeNode(builtInCatalogue);

function planned(graph: Graph, selection: RunSelection = { kind: "all" }): Plan {
  const result = planRun(graph, describe, selection);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join(" "));
  return result.plan;
}
const orderOf = (graph: Graph, selection?: RunSelection) =>
  planned(graph, selection).steps.map(({ nodeId }) => nodeId);

test("every step comes after its inputs, each node once, and the earliest that can come next does", () => {
  fc.assert(
    fc.property(runnableGraph, (graph) => {
      const order = orderOf(graph);
      expect(order.toSorted()).toEqual(graph.nodes.map(({ id }) => id).toSorted());
      const done = new Set<string>();
      const place = new Map(graph.nodes.map(({ id }, index) => [id, index]));
      for (const nodeId of order) {
        const ready = graph.nodes.filter(
          ({ id }) =>
            !done.has(id) && graph.edges.every((edge) => edge.target !== id || done.has(edge.source)),
        );
        expect(nodeId).toBe(ready.toSorted((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))[0]?.id);
        done.add(nodeId);
      }
    }),
  );
});

test("the order of wires in the file changes nothing", () => {
  fc.assert(
    fc.property(runnableGraph, (graph) => {
      expect(planned({ ...graph, edges: graph.edges.toReversed() })).toEqual(planned(graph));
    }),
  );
});

test("a selection takes what it needs, what follows, and nothing else", () => {
  fc.assert(
    fc.property(runnableGraph, fc.nat(), (graph, pick) => {
      const start = graph.nodes[pick % graph.nodes.length]?.id ?? "";
      const walk = (from: string[], step: (id: string) => string[]) => {
        const found = new Set(from);
        for (const id of found) for (const next of step(id)) found.add(next);
        return [...found];
      };
      const up = (id: string) => graph.edges.filter((edge) => edge.target === id).map((edge) => edge.source);
      const down = (id: string) =>
        graph.edges.filter((edge) => edge.source === id).map((edge) => edge.target);
      const sorted = (kind: "to" | "from" | "only") => orderOf(graph, { kind, nodeIds: [start] }).toSorted();
      expect(sorted("to")).toEqual(walk([start], up).toSorted());
      expect(sorted("only")).toEqual(walk([start], up).toSorted());
      expect(sorted("from")).toEqual(walk(walk([start], down), up).toSorted());
    }),
  );
});

test("planning never throws, and plans only what has no error", () => {
  fc.assert(
    fc.property(arbitraryGraph, fc.constantFrom("to", "from", "only"), (graph, kind) => {
      for (const selection of [{ kind: "all" }, { kind, nodeIds: ["n0", "n3", "gone"] }] as const) {
        const result = planRun(graph, describe, selection);
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
        else expect(result.plan.steps.length).toBeGreaterThan(0);
      }
    }),
  );
});

test("notes, groups and the problems of other branches do not keep a branch from running", () => {
  const graph = graphOf(
    [
      nodeOf("note", "note", { text: "hello" }),
      nodeOf("frame", "group"),
      nodeOf("words", "prompt", { text: "hello" }, { parentId: "frame" }),
      nodeOf("keep", "save"),
      nodeOf("broken", "publish"),
      nodeOf("x", "teleport"),
    ],
    ["words.out > keep.text"],
  );
  expect(orderOf(graph, { kind: "to", nodeIds: ["keep"] })).toEqual(["words", "keep"]);
  expect(orderOf(graph, { kind: "only", nodeIds: ["frame"] })).toEqual(["words"]);
  const all = planRun(graph, describe, { kind: "all" });
  expect(all).toMatchObject({ ok: false });
  if (!all.ok) expect(new Set(all.problems.map(({ nodeId }) => nodeId))).toEqual(new Set(["broken", "x"]));
});

test("nothing to run is a problem", () => {
  for (const [graph, selection] of [
    [graphOf([]), { kind: "all" }],
    [graphOf([nodeOf("note", "note")]), { kind: "all" }],
    [graphOf([nodeOf("words", "prompt", { text: "x" })]), { kind: "only", nodeIds: ["gone"] }],
  ] as const)
    expect(planRun(graph, describe, selection)).toMatchObject({
      ok: false,
      problems: [{ code: "nothing-to-run" }],
    });
});

test("inputs stand in port order, then wire order; params have their defaults and outputs their types", () => {
  const graph = graphOf(
    [
      nodeOf("b", "upload", { file: fileOf() }),
      nodeOf("a", "upload", { file: fileOf() }),
      nodeOf("words", "prompt", { text: "x" }),
      nodeOf("g", "generate", { family: "image", model: "nano-banana-2", modelParams: { resolution: "2K" } }),
      nodeOf("t", "edit", { operation: "textOverlay", text: "x" }),
    ],
    [
      wireOf("b.out > g.reference_images", 2),
      wireOf("a.out > g.reference_images", 1),
      wireOf("words.out > g.prompt"),
      wireOf("g.out > t.media_0"),
    ],
  );
  const steps = planned(graph).steps;
  const step = (id: string) => steps.find(({ nodeId }) => nodeId === id);
  expect(step("g")).toMatchObject({
    stepId: "g",
    title: "Generate image",
    params: { modelParams: { resolution: "2K", aspectRatio: "9:16" } },
    inputs: [
      { portId: "prompt", fromStep: "words", fromPort: "out" },
      { portId: "reference_images", fromStep: "a" },
      { portId: "reference_images", fromStep: "b" },
    ],
  });
  expect(step("t")?.outputs).toEqual([{ id: "out", label: "Result", type: "image" }]);
});

test("step ids hold any node id, item path and scope, and never two alike", () => {
  const part = fc.oneof(fc.string(), fc.constantFrom("", "/", "%", "%/", "%2F", "%25", "a/b", "\ud800"));
  const path = fc.array(part, { maxLength: 3 });
  const parts = fc.tuple(part, path, fc.oneof(fc.constant([]), path));
  fc.assert(
    fc.property(parts, parts, ([nodeId, itemPath, scope], other) => {
      const stepId = formatStepId(nodeId, itemPath, scope);
      expect(parseStepId(stepId)).toEqual({ scope, nodeId, itemPath });
      const same = JSON.stringify([nodeId, itemPath, scope]) === JSON.stringify(other);
      expect(stepId === formatStepId(...other)).toBe(same);
    }),
  );
});

test("step ids of journals and takes written before there were scopes stay what they were", () => {
  expect(formatStepId("picture", [])).toBe("picture");
  expect(formatStepId("a/b%", ["table", "50% off/now"])).toBe("a%2Fb%25/table/50%25 off%2Fnow");
  expect(parseStepId("a%2Fb%25/table/50%25 off%2Fnow" as StepId)).toEqual({
    scope: [],
    nodeId: "a/b%",
    itemPath: ["table", "50% off/now"],
  });
});

test("ten thousand nodes in a row are planned, however deep", () => {
  expect(planned(chainOf(10_000)).steps).toHaveLength(10_001);
});
