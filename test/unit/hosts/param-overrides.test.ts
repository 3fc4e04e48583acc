import fc from "fast-check";
import { expect, test } from "vitest";
import type { Graph } from "../../../src/graph/schema.ts";
import { applyOverride, parseOverride } from "../../../src/hosts/terminal/param-overrides.ts";

function graphOf(...ids: string[]): Graph {
  return {
    format: "catwalk.graph",
    version: 1,
    id: "6f0e6f0e-0000-4000-8000-000000000000",
    name: "Test",
    viewport: { x: 0, y: 0, zoom: 1 },
    nodes: ids.map((id) => ({
      id,
      type: "generate",
      position: { x: 0, y: 0 },
      data: { params: { kept: true } },
    })),
    edges: [],
  };
}

function set(graph: Graph, text: string): Graph {
  const parsed = parseOverride(text, graph);
  if (!parsed.ok) throw new Error(parsed.message);
  return applyOverride(graph, parsed.value);
}

test("a value is JSON where it parses as JSON, and text otherwise", () => {
  const values = ["5", "true", '"5"', "a red fox", '{"a":1}', ""].map(
    (value) => set(graphOf("n"), `n.prompt=${value}`).nodes[0]?.data.params["prompt"],
  );
  expect(values).toEqual([5, true, "5", "a red fox", { a: 1 }, ""]);
});

test("a dotted path reaches into params and leaves the rest as it is", () => {
  const graph = set(set(graphOf("n"), "n.modelParams.aspectRatio=1:1"), "n.modelParams.seed=3");
  expect(graph.nodes[0]?.data.params).toEqual({ kept: true, modelParams: { aspectRatio: "1:1", seed: 3 } });
});

test("of node ids that fit, the longest is meant", () => {
  const graph = set(graphOf("a", "a.b"), "a.b.prompt=x");
  expect(graph.nodes.map((node) => node.data.params["prompt"])).toEqual([undefined, "x"]);
});

test.each(["n.prompt", "other.prompt=x", "n=x", "n.=x", "n.a..b=x", "n.__proto__.x=1"])(
  "%s is refused in words",
  (text) => {
    expect(parseOverride(text, graphOf("n"))).toMatchObject({
      ok: false,
      message: expect.stringContaining("--set"),
    });
  },
);

test("whatever text is given, it is read or refused, and the value survives", () => {
  const key = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), fc.jsonValue(), (path, value) => {
      const graph = set(graphOf("n"), `n.${path.join(".")}=${JSON.stringify(value)}`);
      const found = path.reduce<unknown>(
        (at, part) => (at as Record<string, unknown>)[part],
        graph.nodes[0]?.data.params,
      );
      expect(JSON.stringify(found)).toBe(JSON.stringify(value));
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => typeof parseOverride(text, graphOf("n")).ok === "boolean"));
});
