import { expect, test } from "vitest";
import { applyEdit } from "../../../app/stores/apply-edit.ts";
import type { Graph, GraphNode } from "../../../src/graph/document/schema.ts";
import type { StepId } from "../../../src/graph/plan/plan.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../src/nodes/definitions.ts";
import { stepChanges } from "../../../src/studio/posts/step-changes.ts";
import { fileOf, graphOf, nodeOf, wireOf } from "../../support/graph-builders.ts";

const describe = describeNode(builtInCatalogue);
const post = (id: string, caption: string) =>
  nodeOf(id, "publish", { platform: "instagram", accountId: "acc", caption });
const picture = (id: string, prompt: string) =>
  nodeOf(id, "generate", { family: "image", model: "z-image", prompt });

const graph = graphOf(
  [
    nodeOf("words", "prompt", { text: "A harbour" }),
    picture("picture", "Unused: the wire says it"),
    post("post", "Hello"),
    picture("other", "A lighthouse"),
    post("otherPost", "Other"),
  ],
  ["words.out > picture.prompt", "picture.out > post.media", "other.out > otherPost.media"],
);

function changes(
  before: Graph,
  now: Graph,
  steps: readonly string[] = ["post", "otherPost"],
  takes: Readonly<Record<string, string>> = {},
): object {
  const made = steps.map((stepId) => ({
    stepId: stepId as StepId, // the test's own
    nodeId: stepId.split("/")[0] ?? "",
  }));
  return Object.fromEntries(stepChanges(made, before, now, describe, (stepId) => takes[stepId]));
}

const withParams = (id: string, params: Record<string, unknown>, of = graph): Graph => ({
  ...of,
  nodes: of.nodes.map((node) =>
    node.id === id ? nodeOf(id, node.type, { ...node.data.params, ...params }) : node,
  ),
});
const withData = (id: string, data: Partial<GraphNode["data"]>, of = graph): Graph => ({
  ...of,
  nodes: of.nodes.map((node) => (node.id === id ? { ...node, data: { ...node.data, ...data } } : node)),
});

test("another caption, account or setting of the post is named, and other posts stay", () => {
  expect(changes(graph, withParams("post", { caption: "Hello, again" }))).toEqual({
    post: { params: ["caption"], ports: [] },
  });
  expect(changes(graph, withParams("post", { accountId: "b", params: { product: "STORIES" } }))).toEqual({
    post: { params: ["accountId", "params"], ports: [] },
  });
});

test("whatever leads to its media counts, however far up, and a file by its bytes alone", () => {
  const ofMedia = { post: { params: [], ports: ["media"] } };
  expect(changes(graph, withParams("words", { text: "A lake" }))).toEqual(ofMedia);
  expect(changes(graph, withParams("picture", { modelParams: { seed: 7 } }))).toEqual(ofMedia);
  const rewired = applyEdit(graph, {
    ...{ type: "connect", edge: wireOf("other.out > post.media"), replaces: ["picture.out > post.media"] },
  });
  expect(changes(graph, rewired)).toEqual(ofMedia);

  const uploaded = graphOf(
    [nodeOf("file", "upload", { file: fileOf() }), post("post", "Hello")],
    ["file.out > post.media"],
  );
  const moved = withParams("file", { file: fileOf("renamed.jpg") }, uploaded);
  expect(changes(uploaded, moved)).toEqual({});
  const replaced = withParams("file", { file: fileOf("photo.jpg", { sha256: "b".repeat(64) }) }, uploaded);
  expect(changes(uploaded, replaced)).toEqual(ofMedia);
});

test("places, titles, other nodes, unused texts and a change that is taken back change nothing", () => {
  const untouched = [
    applyEdit(graph, { type: "move", positions: [{ id: "post", x: 40, y: 9 }] }),
    applyEdit(graph, { type: "title", id: "picture", title: "Sea" }),
    applyEdit(graph, { type: "add", nodes: [picture("new", "A hill")], edges: [] }),
    withParams("picture", { prompt: "The wire still says it" }),
    withParams("post", { caption: "Hello" }, withParams("post", { caption: "Another" })),
  ];
  for (const now of untouched) expect(changes(graph, now)).toEqual({});
});

test("a node that is gone makes no post; one with problems still says what differs", () => {
  const gone = applyEdit(graph, { type: "remove", nodeIds: ["post"], edgeIds: [] });
  expect(changes(graph, gone)).toEqual({ post: { params: [], ports: [], isGone: true } });
  const unset = withParams("post", { accountId: undefined, caption: "Other" });
  expect(changes(graph, unset)).toEqual({ post: { params: ["accountId", "caption"], ports: [] } });
});

test("of a batch only the rows count whose cells changed", () => {
  const table = (shoe: string) =>
    nodeOf("t", "table", {
      columns: [{ name: "thing", type: "text" }],
      rows: [
        { key: "hat", cells: { thing: "A hat" } },
        { key: "shoe", cells: { thing: shoe } },
      ],
    });
  const rows = (shoe: string) =>
    graphOf([table(shoe), picture("g", "{{thing}}"), post("p", "Look: {{thing}}")], ["g.out > p.media"]);
  const steps = ["p/t/hat", "p/t/shoe"];
  expect(changes(rows("A shoe"), rows("A boot"), steps)).toEqual({
    "p/t/shoe": { params: ["caption"], ports: ["media"] },
  });
});

test("another take counts; the one that was posted, a lock of it, and what is before a lock do not", () => {
  const takes = { picture: "first" };
  const compare = (now: Graph) => changes(graph, now, ["post"], takes);
  expect(compare(withData("picture", { takes: { "": "second" } }))).toEqual({
    post: { params: [], ports: ["media"] },
  });
  expect(compare(withData("picture", { takes: { "": "first" } }))).toEqual({});
  const locked = withData("picture", { reuse: "locked", takes: { "": "first" } });
  expect(compare(locked)).toEqual({});
  expect(compare(withParams("words", { text: "Anything" }, locked))).toEqual({});
});
