import fc from "fast-check";
import { expect, test } from "vitest";
import { validate } from "../../../../src/graph/check/validate.ts";
import { brokenEdges } from "../../../../src/graph/describe/wires.ts";
import type { Problem } from "../../../../src/graph/document/problems.ts";
import type { Graph } from "../../../../src/graph/document/schema.ts";
import { builtInCatalogue } from "../../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../../src/nodes/definitions.ts";
import { arbitraryGraph, runnableGraph } from "../../../support/graph-arbitraries.ts";
import { fileOf, graphOf, nodeOf } from "../../../support/graph-builders.ts";

const describe = describeNode(builtInCatalogue);
const problemsOf = (graph: Graph): Problem[] => validate(graph, describe);
const image = (id: string, params = {}) =>
  nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt: "a picture", ...params });

test("a graph that is whole has no problems", () => {
  fc.assert(fc.property(runnableGraph, (graph) => void expect(problemsOf(graph)).toEqual([])));
});

test("validation never throws, and every problem says what, where and how to mend it", () => {
  fc.assert(
    fc.property(arbitraryGraph, (graph) => {
      const nodes = new Set(graph.nodes.map(({ id }) => id));
      for (const problem of problemsOf(graph)) {
        expect(problem.message).toMatch(/[.…]$/);
        expect(problem.remedy).toMatch(/\.$/);
        if (problem.nodeId !== undefined) expect(nodes).toContain(problem.nodeId);
        else expect(problem.edgeId).toBeDefined();
      }
      brokenEdges(graph, describe);
    }),
    { numRuns: 400 },
  );
});

test.each<[string, Graph, Partial<Problem>]>([
  [
    "a missing input",
    graphOf([nodeOf("t", "edit", { operation: "trim" })]),
    { code: "missing-input", nodeId: "t", portId: "video_0" },
  ],
  [
    "an empty prompt",
    graphOf([image("g", { prompt: " " })]),
    { code: "missing-input", portId: "prompt", param: "prompt" },
  ],
  [
    "a Save with nothing wired",
    graphOf([nodeOf("s", "save")]),
    { code: "missing-input", nodeId: "s", portId: "in" },
  ],
  [
    "a list with too few wires",
    graphOf([nodeOf("b", "generate", { family: "text", model: "extract-brand-style" })]),
    { code: "missing-input", portId: "reference_images" },
  ],
  [
    "two wires at a port for one",
    graphOf(
      [nodeOf("a", "prompt", { text: "x" }), nodeOf("b", "prompt", { text: "y" }), image("g")],
      ["a.out > g.prompt", "b.out > g.prompt"],
    ),
    { code: "too-many-inputs", nodeId: "g", portId: "prompt", edgeId: "b.out > g.prompt" },
  ],
  [
    "a wire of the wrong type",
    graphOf([nodeOf("a", "prompt", { text: "x" }), image("g")], ["a.out > g.reference_images"]),
    { code: "wrong-port-type", nodeId: "g", edgeId: "a.out > g.reference_images" },
  ],
  [
    "a wire from nowhere",
    graphOf([image("g")], ["gone.out > g.prompt"]),
    { code: "broken-edge", severity: "error", nodeId: "g" },
  ],
  [
    "a wire to nowhere",
    graphOf([image("g")], ["g.out > gone.in"]),
    { code: "broken-edge", severity: "warning" },
  ],
  [
    "an unknown model",
    graphOf([image("g", { model: "warp-9" })]),
    { code: "unknown-model", nodeId: "g", param: "model" },
  ],
  [
    "a model's param out of range",
    graphOf([image("g", { modelParams: { resolution: "9K" } })]),
    { code: "invalid-param", param: "modelParams.resolution" },
  ],
  [
    "params of another type",
    graphOf([nodeOf("a", "prompt", { text: 5 })]),
    { code: "invalid-param", nodeId: "a", param: "text" },
  ],
  ["no file", graphOf([nodeOf("u", "upload")]), { code: "file-not-chosen", nodeId: "u", param: "file" }],
  [
    "a file of an unsupported type",
    graphOf([nodeOf("u", "upload", { file: fileOf("a.pdf", { mimeType: "application/pdf" }) })]),
    { code: "file-type-unsupported" },
  ],
  [
    "a path out of the folder",
    graphOf([nodeOf("u", "upload", { file: fileOf("a.jpg", { path: "../a.jpg" }) })]),
    { code: "file-outside-folder", param: "file.path" },
  ],
  [
    "a parent that is not there",
    graphOf([{ ...image("g"), parentId: "gone" }]),
    { code: "unknown-parent", severity: "warning" },
  ],
  [
    "an unknown node type",
    graphOf([nodeOf("x", "teleport")]),
    { code: "unknown-node-type", severity: "error", nodeId: "x" },
  ],
  ["two nodes with one id", graphOf([image("g"), image("g")]), { code: "duplicate-id", nodeId: "g" }],
])("%s is a problem", (_what, graph, problem) => {
  expect(problemsOf(graph)).toContainEqual(expect.objectContaining(problem));
});

test("a publish without an account, and a caption that is too long, are problems", () => {
  const graph = graphOf([nodeOf("p", "publish", { caption: "x".repeat(2201) })]);
  expect(problemsOf(graph).map(({ code }) => code)).toEqual([
    "missing-input",
    "account-not-chosen",
    "invalid-param",
  ]);
});

test("a wire takes over what is written on the card, faults included", () => {
  const graph = graphOf(
    [
      nodeOf("words", "prompt", { text: "short" }),
      nodeOf("clip", "upload", { file: fileOf() }),
      nodeOf("p", "publish", { accountId: "a", caption: "x".repeat(2201) }),
    ],
    ["words.out > p.caption", "clip.out > p.media"],
  );
  expect(problemsOf(graph)).toEqual([]);
  expect(problemsOf({ ...graph, edges: graph.edges.slice(1) })).toMatchObject([
    { code: "invalid-param", param: "caption" },
  ]);
});

test("a circle names the nodes in it, once", () => {
  const overlay = (id: string) =>
    nodeOf(
      id,
      "edit",
      { operation: "textOverlay", text: "x" },
      { data: { title: id.toUpperCase(), params: { operation: "textOverlay", text: "x" } } },
    );
  const graph = graphOf(
    [overlay("a"), overlay("b"), overlay("c"), nodeOf("s", "save")],
    ["a.out > b.media_0", "b.out > c.media_0", "c.out > a.media_0", "c.out > s.in"],
  );
  const circles = problemsOf(graph).filter(({ code }) => code === "cycle");
  expect(circles).toEqual([
    {
      code: "cycle",
      severity: "error",
      nodeId: "a",
      nodeIds: ["a", "b", "c"],
      message: "These nodes wait for each other in a circle: “A”, “B”, “C”.",
      remedy: "Remove one wire of the circle.",
    },
  ]);
  expect(problemsOf(graphOf([overlay("a")], ["a.out > a.media_0"]))).toMatchObject([
    { code: "cycle", nodeIds: ["a"] },
  ]);
});

test("an unknown type is an error inside the run and a warning outside", () => {
  const graph = graphOf([image("g"), nodeOf("x", "teleport")]);
  const severity = (nodeId: string) =>
    validate(graph, describe, { kind: "only", nodeIds: [nodeId] })[0]?.severity;
  expect(severity("x")).toBe("error");
  expect(severity("g")).toBe("warning");
});
