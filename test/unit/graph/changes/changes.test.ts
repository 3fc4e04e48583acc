import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changesOf, isSameContent, rebased, withChanges } from "../../../../src/graph/changes/changes.ts";
import { applied, difference, inverted } from "../../../../src/graph/changes/delta.ts";
import type { Graph } from "../../../../src/graph/document/schema.ts";
import { graphOf, nodeOf } from "../../../support/graph-builders.ts";

/** Lists of items with ids, lists without, objects, and their mixtures, small enough to collide often. */
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, 0, 1, "a", "b", true),
    fc.dictionary(fc.constantFrom("p", "q", "position", "parentId"), tie("value")),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.uniqueArray(
      fc.record({ id: fc.constantFrom("1", "2", "3", "4", "5"), v: tie("value") }, { requiredKeys: ["id"] }),
      { selector: ({ id }) => id, maxLength: 5 },
    ),
  ),
})).value;

describe("A difference", () => {
  test("leads from one value to the other and, turned round, back, in the same order", () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const delta = difference(from, to);
        if (!delta) expect(to).toEqual(from);
        if (!delta) return;
        const conflicts: string[] = [];
        expect(applied(delta, from, conflicts)).toEqual(to);
        expect(applied(inverted(delta), to, conflicts)).toEqual(from);
        expect(conflicts).toEqual([]);
      }),
      { numRuns: 2000, seed: 9 },
    );
  });

  test("is the same after it was stored as text, and costs nothing applied a second time", () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const delta = difference(from, to);
        if (!delta) return;
        const conflicts: string[] = [];
        const there = applied(JSON.parse(JSON.stringify(delta)), from, conflicts);
        expect(there).toEqual(to);
        expect(applied(delta, there, conflicts)).toBe(there);
        expect(conflicts).toEqual([]);
      }),
      { numRuns: 500, seed: 10 },
    );
  });

  test("keeps the objects of what it does not change", () => {
    const from = [{ id: "a", v: { deep: [1] } }, { id: "b" }];
    const delta = difference(from, [from[0], { id: "b", v: 1 }, { id: "c" }]);
    const to = applied(delta ?? { type: "value" }, from, []) as typeof from;
    expect(to[0]).toBe(from[0]);
    expect(to.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });
});

const prompt = (id: string, text: string, rest: object = {}) => nodeOf(id, "prompt", { text }, rest);
const base = graphOf([prompt("a", "one"), prompt("b", "two"), nodeOf("g", "group", {})], ["a.out > b.in"]);
const node = (graph: Graph, id: string) => graph.nodes.find((each) => each.id === id);
const change = (id: string, rest: object): Graph => ({
  ...base,
  nodes: base.nodes.map((each) => (each.id === id ? { ...each, ...rest } : each)),
});
const join = (mine: Graph, theirs: Graph) => rebased(changesOf(base, mine) ?? { type: "value" }, theirs);
const without = (id: string): Graph => ({
  ...base,
  nodes: base.nodes.filter((each) => each.id !== id),
  edges: base.edges.filter(({ source, target }) => source !== id && target !== id),
});
const text = (value: string) => ({ data: { params: { text: value } } });

describe("Two hands on one graph", () => {
  test("that change different things are joined", () => {
    const mine = change("a", text("mine"));
    const theirs = { ...change("b", { position: { x: 9, y: 9 } }), name: "Renamed" };
    const { graph, conflicts } = join(mine, theirs);
    expect(conflicts).toEqual([]);
    expect(graph).toMatchObject({ name: "Renamed" });
    expect(node(graph, "a")).toMatchObject(text("mine"));
    expect(node(graph, "b")).toMatchObject({ position: { x: 9, y: 9 } });
  });

  test("that change one text differently are a conflict: the one that is there stays", () => {
    const { graph, conflicts } = join(change("a", text("mine")), change("a", text("theirs")));
    expect(node(graph, "a")).toMatchObject(text("theirs"));
    expect(conflicts).toEqual(["nodes.a.data.params.text"]);
  });

  test("that do the same do not disagree", () => {
    const same = change("a", text("same"));
    expect(join(same, structuredClone(same))).toMatchObject({ conflicts: [] });
  });

  test("never give a node half a place from each", () => {
    const mine = change("a", { parentId: "g", position: { x: 1, y: 1 } });
    const { graph, conflicts } = join(mine, change("a", { position: { x: 500, y: 500 } }));
    expect(node(graph, "a")).toEqual(node(change("a", { position: { x: 500, y: 500 } }), "a"));
    expect(conflicts).toContain("nodes.a.position");
  });

  test("keep a node that one of them removes while the other wires it, edits it or fills it", () => {
    const wired = { ...base, edges: [...base.edges, { ...base.edges[0], id: "new", source: "g" } as never] };
    const filled = change("a", { parentId: "g", position: { x: 1, y: 1 } });
    for (const theirs of [wired, filled]) {
      const { graph, conflicts } = join(without("g"), theirs);
      expect(graph.nodes.map(({ id }) => id).sort()).toEqual(["a", "b", "g"]);
      expect(conflicts).toContain("nodes.g");
    }
    const { graph, conflicts } = join(without("b"), change("b", text("edited")));
    expect(node(graph, "b")).toMatchObject(text("edited"));
    expect(conflicts).toEqual(["nodes.b"]);
  });

  test("leave no wire and no member of what is gone", () => {
    const wired = { ...base, edges: [...base.edges, { ...base.edges[0], id: "new", source: "g" } as never] };
    const { graph, conflicts } = join(wired, without("g"));
    expect(graph.edges.map(({ id }) => id)).not.toContain("new");
    expect(conflicts).toEqual(["edges.new"]);
  });

  test("never put two groups into each other", () => {
    const two = { ...base, nodes: [...base.nodes, nodeOf("h", "group", {})] };
    const into = (id: string, parentId: string): Graph => ({
      ...two,
      nodes: two.nodes.map((each) => (each.id === id ? { ...each, parentId } : each)),
    });
    const changes = changesOf(two, into("g", "h"));
    const { graph, conflicts } = rebased(changes ?? { type: "value" }, into("h", "g"));
    expect(graph).toEqual(into("h", "g"));
    expect(conflicts).toContain("nodes");
  });

  test("are asked only about the work: id and viewport are each one's own", () => {
    const looked = { ...base, id: "6f8a1a52-5b0e-4c06-9d7c-0d0c5e0f0a02", viewport: { x: 1, y: 2, zoom: 2 } };
    expect(changesOf(base, looked)).toBeUndefined();
    expect(isSameContent(base, looked)).toBe(true);
    const changes = changesOf(base, change("a", text("mine")));
    expect(withChanges(changes ?? { type: "value" }, looked).graph).toMatchObject({
      id: looked.id,
      viewport: looked.viewport,
    });
  });
});

test("a field named like what every object inherits is set and undone as any other", () => {
  const [from, to] = [{ params: {} }, { params: { toString: "words" } }];
  const delta = difference(from, to);
  if (!delta) throw new Error("They differ.");
  expect(applied(delta, from, [])).toEqual(to);
  expect(applied(inverted(delta), to, [])).toEqual(from);
});
