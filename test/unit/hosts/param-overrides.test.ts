import fc from "fast-check";
import { expect, test } from "vitest";
import type { Graph } from "../../../src/graph/document/schema.ts";
import { withOverrides } from "../../../src/hosts/terminal/param-overrides.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import { graphOf, nodeOf } from "../../support/graph-builders.ts";

const picture = (id: string) =>
  nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt: "a kite" });
const words = nodeOf("words", "prompt", { text: "" });
const kept = nodeOf("n", "hologram", { kept: true });

function set(graph: Graph, ...texts: string[]): Graph {
  const changed = withOverrides(graph, texts, builtInCatalogue);
  if (!changed.ok) throw new Error(changed.message);
  return changed.value.graph;
}

function refusal(graph: Graph, texts: readonly string[]): string {
  const changed = withOverrides(graph, texts, builtInCatalogue);
  return changed.ok ? "taken" : changed.message;
}

test.each([
  "2026",
  "true",
  "null",
  "-5",
  "12345678901234567890",
  '"quoted"',
  "[1]",
  "a fox",
  "",
  " x ",
  "__proto__",
])("a param that is a text takes %s as it is typed", (typed) => {
  const graph = set(graphOf([words, picture("p")]), `words.text=${typed}`, `p.prompt=${typed}`);
  expect(graph.nodes[0]?.data.params["text"]).toBe(typed);
  expect(graph.nodes[1]?.data.params["prompt"]).toBe(typed);
});

test("a choice may stand in quotes, as in a file", () => {
  const graph = set(
    graphOf([picture("p")]),
    'p.modelParams.aspectRatio="1:1"',
    "p.modelParams.resolution=1K",
  );
  expect(graph.nodes[0]?.data.params["modelParams"]).toEqual({ aspectRatio: "1:1", resolution: "1K" });
});

test("a number, a switch and a list are read as JSON", () => {
  const tiktok = nodeOf("post", "publish", { platform: "tiktok" });
  const graph = set(
    graphOf([picture("p"), tiktok, nodeOf("t", "table"), nodeOf("e", "edit")]),
    "e.params.trimEndMs=900",
    "post.params.isAigc=false",
    't.columns=[{"name":"subject"}]',
    't.rows=[{"key":"a","cells":{"subject":"x"}}]',
    "t.rows.0.cells.subject=2026",
  );
  expect(graph.nodes.map(({ data }) => data.params)).toEqual([
    expect.not.objectContaining({ modelParams: expect.anything() }),
    { platform: "tiktok", params: { isAigc: false } },
    { columns: [{ name: "subject" }], rows: [{ key: "a", cells: { subject: expect.anything() } }] },
    { params: { trimEndMs: 900 } },
  ]);
});

test.each([
  ["p.promt=x", "Did you mean p.prompt?"],
  ["p.Prompt=x", "Did you mean p.prompt?"],
  ["p.modelParams.aspectratio=1:1", "Did you mean p.modelParams.aspectRatio?"],
  ["p.aspect_ratio=1:1", "Did you mean p.modelParams.aspectRatio?"],
  ["p.resolution=4K", "Did you mean p.modelParams.resolution?"],
  ["p.modelParams.prompt=x", "Did you mean p.prompt?"],
  ["p.prompt.text=x", "no param “prompt.text”"],
  ["p.colour=red", "It has family, model, prompt, "],
  ["crop.params.aspect-ratio=1:1", "Did you mean crop.params.aspectRatio?"],
  ["post.params.Product=REELS", "Did you mean post.params.product?"],
  ["post.captoin=x", "Did you mean post.caption?"],
  ["t.rows.7.cells.a=x", "there is no item rows.7"],
])("--set %s is refused: there is no such param", (text, says) => {
  const graph = graphOf([
    picture("p"),
    nodeOf("crop", "edit", { operation: "imageCrop" }),
    nodeOf("post", "publish"),
    nodeOf("t", "table", { rows: [] }),
  ]);
  expect(refusal(graph, [text])).toContain(says);
});

test("which params there are is decided by the whole line, in whatever order it is given", () => {
  const trim = nodeOf("e", "edit", { operation: "imageCrop" });
  const line = ["e.params.trimEndMs=900", "e.operation=trim"];
  expect(set(graphOf([trim]), ...line).nodes[0]?.data.params).toEqual({
    operation: "trim",
    params: { trimEndMs: 900 },
  });
});

test("what only the server may know is left to it, and a slip is not", () => {
  const graph = graphOf([picture("p")]);
  expect(withOverrides(graph, ["p.modelParams.sparkle=3"], builtInCatalogue)).toMatchObject({
    ok: true,
    value: { unsure: [{ nodeId: "p", param: "modelParams.sparkle" }] },
  });
  expect(refusal(graph, ["p.modelParams.Resolution=3"])).toContain("Did you mean");
});

test("a dotted path reaches into params and leaves the rest as it is", () => {
  const graph = set(graphOf([kept]), "n.inner.aspectRatio=1:1", "n.inner.seed=3");
  expect(graph.nodes[0]?.data.params).toEqual({ kept: true, inner: { aspectRatio: "1:1", seed: 3 } });
});

test("of node ids that fit, the longest is meant", () => {
  const graph = set(graphOf([nodeOf("a", "prompt"), nodeOf("a.b", "prompt")]), "a.b.text=x");
  expect(graph.nodes.map((node) => node.data.params["text"])).toEqual([undefined, "x"]);
});

test.each(["n.prompt", "other.prompt=x", "n=x", "n.=x", "n.a..b=x", "n.__proto__.x=1"])(
  "%s is refused in words",
  (text) => {
    expect(refusal(graphOf([kept]), [text])).toContain("--set");
  },
);

test("whatever text is given, it is read or refused, and the value survives", () => {
  const key = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), fc.jsonValue(), (path, value) => {
      const graph = set(graphOf([nodeOf("n", "hologram")]), `n.${path.join(".")}=${JSON.stringify(value)}`);
      const found = path.reduce<unknown>(
        (at, part) => (at as Record<string, unknown>)[part],
        graph.nodes[0]?.data.params,
      );
      expect(JSON.stringify(found)).toBe(JSON.stringify(value));
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => typeof refusal(graphOf([kept]), [text]) === "string"));
});
