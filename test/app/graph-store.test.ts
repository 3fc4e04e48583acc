import fc from "fast-check";
import { expect, test } from "vitest";
import { absolutePosition, applyEdit } from "../../app/stores/apply-edit.ts";
import { createGraphStore } from "../../app/stores/graph.ts";
import type { GraphEdit } from "../../app/stores/graph-edit.ts";
import { emptyGraph, type Graph, type GraphEdge, type GraphNode } from "../../src/graph/document/schema.ts";

const graphId = "6f8a1a52-5b0e-4c06-9d7c-0d0c5e0f0a01";

function node(id: string, rest: Partial<GraphNode> = {}): GraphNode {
  return { id, type: "prompt", position: { x: 0, y: 0 }, data: { params: {} }, ...rest };
}

function wire(id: string, source: string, target: string): GraphEdge {
  return { id, source, sourceHandle: "out", target, targetHandle: "in" };
}

/** Two groups, one in the other, a node in the inner one and two outside; unknown keys everywhere. */
const sample: Graph = {
  ...emptyGraph(graphId, "Sample"),
  "x-document": { kept: true },
  nodes: [
    node("outer", { type: "group", position: { x: 100, y: 100 } }),
    node("inner", { type: "group", parentId: "outer", position: { x: 10, y: 10 }, "x-node": 1 }),
    node("a", {
      parentId: "inner",
      position: { x: 5, y: 5, "x-position": 2 },
      data: { params: { text: "hello" }, "x-data": 3 },
    }),
    node("b", { position: { x: 300, y: 0 } }),
    node("c", { position: { x: 600, y: 0 } }),
  ],
  edges: [{ ...wire("a-b", "a", "b"), "x-edge": 4 }, wire("b-c", "b", "c")],
};

const nodeId = fc.constantFrom("outer", "inner", "a", "b", "c", "new", "missing");
const edgeId = fc.constantFrom("a-b", "b-c", "new-edge", "missing");
const whole = fc.integer({ min: -500, max: 500 });

const edit: fc.Arbitrary<GraphEdit> = fc.oneof(
  fc.record({
    type: fc.constant("add" as const),
    nodes: fc.constantFrom([], [node("new")], [node("new", { parentId: "inner" })]),
    edges: fc.constantFrom([], [wire("new-edge", "a", "c")]),
  }),
  fc.record({
    type: fc.constant("remove" as const),
    nodeIds: fc.array(nodeId, { maxLength: 3 }),
    edgeIds: fc.array(edgeId, { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant("move" as const),
    positions: fc.array(fc.record({ id: nodeId, x: whole, y: whole }), { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant("resize" as const),
    id: nodeId,
    width: fc.nat(),
    height: fc.nat(),
    x: whole,
  }),
  fc.record({
    type: fc.constant("connect" as const),
    edge: fc.constantFrom(wire("a-b", "a", "b"), wire("new-edge", "b", "a")),
    replaces: fc.array(edgeId, { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant("params" as const),
    id: nodeId,
    // No document holds that key: files that do are read without it.
    params: fc.dictionary(
      fc.string().filter((name) => name !== "__proto__"),
      fc.string(),
    ),
  }),
  fc.record({
    type: fc.constant("title" as const),
    id: nodeId,
    title: fc.option(fc.string(), { nil: undefined }),
  }),
  fc.record({
    type: fc.constant("parent" as const),
    ids: fc.array(nodeId, { maxLength: 3 }),
    parentId: fc.option(nodeId, { nil: undefined }),
  }),
  fc.record({ type: fc.constant("rename-graph" as const), name: fc.string() }),
);

function openStore(graph = sample) {
  let time = 0;
  const store = createGraphStore(() => time);
  store.getState().open(graph, { unsaved: false });
  return {
    ...store.getState(),
    state: store.getState,
    graph: () => store.getState().graph,
    wait(ms: number) {
      time += ms;
    },
  };
}

test("undoing every edit gives the document back, and redoing them gives the edited one", () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
      const store = openStore();
      for (const each of edits) store.edit(each);
      const edited = store.graph();
      while (store.state().canUndo) store.undo();
      expect(store.graph()).toEqual(sample);
      expect(store.state().unsaved).toBe(false);
      while (store.state().canRedo) store.redo();
      expect(store.graph()).toEqual(edited);
    }),
  );
});

test("no edit changes the document it is given; groups stay before what they hold, ids stay unique, no wire hangs on a removed node", () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
      const before = JSON.stringify(sample);
      const graph = edits.reduce(applyEdit, sample);
      expect(JSON.stringify(sample)).toBe(before);
      const ids = graph.nodes.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [index, { parentId }] of graph.nodes.entries())
        if (parentId !== undefined && ids.includes(parentId))
          expect(ids.indexOf(parentId)).toBeLessThan(index);
      expect(graph["x-document"]).toEqual({ kept: true });
      for (const edge of graph.edges.filter(({ id }) => id === "a-b" || id === "b-c"))
        expect(ids).toEqual(expect.arrayContaining([edge.source, edge.target]));
    }),
  );
});

test("unknown keys of a node survive every edit of it", () => {
  const edits: GraphEdit[] = [
    { type: "move", positions: [{ id: "a", x: 1, y: 2 }] },
    { type: "resize", id: "a", width: 300, height: 200 },
    { type: "params", id: "a", params: { text: "other" } },
    { type: "title", id: "a", title: "A title" },
    { type: "parent", ids: ["a"], parentId: "outer" },
    { type: "remove", nodeIds: ["outer"], edgeIds: [] },
  ];
  const graph = edits.reduce(applyEdit, sample);
  expect(graph.nodes.find(({ id }) => id === "a")).toEqual({
    id: "a",
    type: "prompt",
    position: { x: 111, y: 112, "x-position": 2 },
    width: 300,
    height: 200,
    data: { params: { text: "other" }, title: "A title", "x-data": 3 },
  });
  expect(graph.edges[0]?.["x-edge"]).toBe(4);
});

test("a node keeps its place on the canvas when its group changes or goes", () => {
  fc.assert(
    fc.property(fc.constantFrom("outer", "inner", undefined), (parentId) => {
      const placeOf = (graph: Graph) => {
        const byId = new Map(graph.nodes.map((each) => [each.id, each]));
        const found = byId.get("a");
        return found && absolutePosition(byId, found);
      };
      const moved = applyEdit(sample, { type: "parent", ids: ["a"], parentId });
      expect(placeOf(moved)).toEqual({ x: 115, y: 115 });
      const ungrouped = applyEdit(moved, { type: "remove", nodeIds: ["inner"], edgeIds: [] });
      expect(placeOf(ungrouped)).toEqual({ x: 115, y: 115 });
      // Of the groups around it, the nearest that is left holds it.
      const holder = ungrouped.nodes.find(({ id }) => id === "a")?.parentId;
      expect(holder).toBe(parentId && "outer");
    }),
  );
});

test("a group resized from any side leaves what it holds where it stands, and undo brings the frame back", () => {
  const places = (graph: Graph | undefined) => {
    const byId = new Map(graph?.nodes.map((each) => [each.id, each]));
    return ["a", "b"].map((id) => {
      const found = byId.get(id);
      return found && absolutePosition(byId, found);
    });
  };
  const side = fc.integer({ min: 1, max: 2000 });
  fc.assert(
    fc.property(fc.constantFrom("outer", "inner"), whole, whole, side, side, (id, x, y, width, height) => {
      const store = openStore();
      store.edit({ type: "resize", id, x, y, width, height });
      const frame = store.graph()?.nodes.find((each) => each.id === id);
      expect(frame).toMatchObject({ position: { x, y }, width, height });
      expect(places(store.graph())).toEqual(places(sample));
      store.undo();
      expect(store.graph()).toEqual(sample);
    }),
  );
});

test("a group goes neither into itself nor into what it holds", () => {
  expect(applyEdit(sample, { type: "parent", ids: ["outer"], parentId: "inner" })).toBe(sample);
  expect(applyEdit(sample, { type: "parent", ids: ["outer"], parentId: "outer" })).toBe(sample);
});

test("edits with one merge key are one undo step while they follow each other within a second", () => {
  const store = openStore();
  const type = (text: string) =>
    store.edit({ type: "params", id: "a", params: { text } }, { merge: "a.text" });
  type("h");
  store.wait(900);
  type("he");
  store.wait(1100);
  type("hey");
  const text = () => store.graph()?.nodes.find(({ id }) => id === "a")?.data.params["text"];
  store.undo();
  expect(text()).toBe("he");
  store.undo();
  expect(text()).toBe("hello");
  expect(store.state().canUndo).toBe(false);
});

test("an undone step is not joined by the next edit", () => {
  const store = openStore();
  store.edit({ type: "rename-graph", name: "One" }, { merge: "name" });
  store.undo();
  store.edit({ type: "rename-graph", name: "Two" }, { merge: "name" });
  store.undo();
  expect(store.graph()?.name).toBe("Sample");
});

test("what arrives later for a node is part of the step that added it, whatever was done in between", () => {
  const textOf = (graph: Graph | undefined) =>
    graph?.nodes.find(({ id }) => id === "new")?.data.params["text"];
  const arrive = { type: "params", id: "new", was: {}, params: { text: "arrived" } } as const;
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 4 }), fc.nat({ max: 6 }), (between, undone) => {
      const store = openStore();
      store.edit({ type: "add", nodes: [node("new")], edges: [] });
      const changes = between.filter((each) => !("nodes" in each) && each.type !== "params");
      for (const each of changes) store.edit(each);
      for (let step = 0; step < undone; step++) store.undo();
      const { canUndo, canRedo } = store.state();
      store.edit(arrive, { follows: true });
      expect(store.state()).toMatchObject({ canUndo, canRedo });
      // Wherever in the history the node is, it has what arrived.
      store.wait(5000);
      while (store.state().canRedo) store.redo();
      for (;;) {
        const { graph } = store.state();
        const there = graph?.nodes.some(({ id }) => id === "new");
        expect(textOf(graph)).toBe(there ? "arrived" : undefined);
        if (!store.state().canUndo) break;
        store.undo();
      }
      expect(store.graph()).toEqual(sample);
    }),
  );
});

test("what arrives late leaves a param that was set otherwise meanwhile", () => {
  const store = openStore();
  store.edit({ type: "add", nodes: [node("new")], edges: [] });
  store.edit({ type: "params", id: "new", params: { text: "mine" } });
  store.edit({ type: "params", id: "new", was: {}, params: { text: "late" } }, { follows: true });
  const text = () => store.graph()?.nodes.find(({ id }) => id === "new")?.data.params["text"];
  expect(text()).toBe("mine");
  store.undo();
  expect(text()).toBe("late");
});

test("a step that is taken back by what follows it leaves no step to undo", () => {
  const store = openStore();
  store.edit({ type: "add", nodes: [node("new")], edges: [] });
  store.edit({ type: "rename-graph", name: "Other" });
  store.edit({ type: "remove", nodeIds: ["new"], edgeIds: [] }, { follows: true });
  store.undo();
  expect(store.graph()).toEqual(sample);
  expect(store.state().canUndo).toBe(false);
});

test("selection survives edits and undo, and drops only what is gone", () => {
  const store = openStore();
  store.select(["a", "b"], ["b-c"]);
  store.edit({ type: "remove", nodeIds: ["b"], edgeIds: [] });
  expect([...store.state().selectedNodeIds]).toEqual(["a"]);
  expect([...store.state().selectedEdgeIds]).toEqual([]);
  store.undo();
  expect([...store.state().selectedNodeIds]).toEqual(["a"]);
});

test("an edit that changes nothing makes no undo step", () => {
  const store = openStore();
  store.edit({ type: "rename-graph", name: "Sample" });
  store.edit({ type: "remove", nodeIds: ["missing"], edgeIds: ["missing"] });
  store.edit({ type: "move", positions: [{ id: "b", x: 300, y: 0 }] });
  expect(store.state()).toMatchObject({ canUndo: false, unsaved: false });
  expect(store.graph()).toBe(sample);
});

test("looking elsewhere is kept, but is no edit: it is neither undone nor unsaved", () => {
  const store = openStore();
  store.edit({ type: "rename-graph", name: "Other" });
  store.setViewport({ x: 5, y: 6, zoom: 2 });
  store.undo();
  expect(store.graph()?.viewport).toEqual({ x: 5, y: 6, zoom: 2 });
  expect(store.state().unsaved).toBe(false);
});

test("what was saved stays saved through undo and redo back to it", () => {
  const store = openStore();
  store.edit({ type: "rename-graph", name: "Other" });
  store.markSaved(true);
  store.undo();
  expect(store.state().unsaved).toBe(true);
  store.redo();
  expect(store.state().unsaved).toBe(false);
});

/** What another window does, taken in as the documents store does it. */
const mergeIn = (store: ReturnType<typeof openStore>, change: GraphEdit) => {
  const graph = store.graph();
  if (graph) store.mergeIn(applyEdit(graph, change), undefined);
};
const moved = (id: string, x: number): GraphEdit => ({ type: "move", positions: [{ id, x, y: 0 }] });
const titleOf = (store: ReturnType<typeof openStore>, id: string) =>
  store.graph()?.nodes.find((each) => each.id === id)?.data.title;

test("undo goes back to the first of a thousand steps", () => {
  const store = openStore();
  for (let step = 1; step <= 1000; step++) store.edit({ type: "rename-graph", name: `Name ${step}` });
  for (let step = 999; step >= 1; step--) {
    store.undo();
    expect(store.graph()?.name).toBe(`Name ${step}`);
  }
  store.undo();
  expect(store.graph()).toEqual(sample);
  expect(store.state()).toMatchObject({ canUndo: false, told: undefined });
});

test("where steps were let go for their size, undo says that it ends there", () => {
  const store = openStore();
  const long = "x".repeat(2_000_000);
  for (let step = 0; step < 60; step++)
    store.edit({ type: "params", id: "a", params: { text: `${step}${long}` } });
  let steps = 0;
  while (store.state().told === undefined && steps++ < 100) store.undo();
  expect(store.state().told?.text).toMatch(/^Undo ends here: the \d+ steps before are not remembered\.$/);
  expect(store.graph()?.nodes.find(({ id }) => id === "a")?.data.params["text"]).not.toBe("hello");
});

test("undo and redo are of this window: what another one did stays", () => {
  const store = openStore();
  store.edit({ type: "title", id: "a", title: "Mine" });
  mergeIn(store, { type: "title", id: "b", title: "Theirs" });
  store.edit(moved("c", 1));
  mergeIn(store, moved("a", 77));
  store.undo();
  store.undo();
  expect([titleOf(store, "a"), titleOf(store, "b")]).toEqual([undefined, "Theirs"]);
  expect(store.graph()?.nodes.find(({ id }) => id === "a")?.position.x).toBe(77);
  expect(store.state()).toMatchObject({ canUndo: false, told: undefined });
  store.redo();
  store.redo();
  expect([titleOf(store, "a"), titleOf(store, "b")]).toEqual(["Mine", "Theirs"]);
});

test("what another window has changed since is not undone, and undo says so", () => {
  const store = openStore();
  store.edit({ type: "title", id: "a", title: "Mine" });
  store.edit(moved("c", 1));
  mergeIn(store, { type: "title", id: "a", title: "Theirs" });
  store.undo();
  expect(store.state().told).toBeUndefined();
  store.undo();
  expect(titleOf(store, "a")).toBe("Theirs");
  expect(store.state().told?.text).toBe("One place stays as it is: another window has changed it since.");
});

test("undo leaves what another window has wired to since, and says so", () => {
  const store = openStore();
  store.edit({ type: "add", nodes: [node("new")], edges: [] });
  mergeIn(store, { type: "add", nodes: [], edges: [wire("new-edge", "a", "new")] });
  store.undo();
  expect(store.graph()?.nodes.map(({ id }) => id)).toContain("new");
  expect(store.graph()?.edges.map(({ id }) => id)).toContain("new-edge");
  expect(store.state().told).toBeDefined();
});

test("typing goes on in a step of its own after another window's edit", () => {
  const store = openStore();
  store.edit({ type: "title", id: "a", title: "M" }, { merge: "a" });
  mergeIn(store, { type: "title", id: "b", title: "Theirs" });
  store.edit({ type: "title", id: "a", title: "Mine" }, { merge: "a" });
  store.undo();
  expect([titleOf(store, "a"), titleOf(store, "b")]).toEqual(["M", "Theirs"]);
});

test("a document that is opened again still has its undo steps, and a copy has those of the original", () => {
  const store = openStore();
  store.edit({ type: "title", id: "a", title: "Mine" });
  const edited = store.graph() ?? sample;
  store.open({ ...emptyGraph("6f8a1a52-5b0e-4c06-9d7c-0d0c5e0f0a02", "Other") }, { unsaved: false });
  expect(store.state().canUndo).toBe(false);
  store.open(structuredClone(edited), { unsaved: true });
  store.undo();
  expect(store.graph()).toEqual(sample);
  store.redo();

  const copyId = "6f8a1a52-5b0e-4c06-9d7c-0d0c5e0f0a03";
  store.open({ ...edited, id: copyId, name: "Copy" }, { unsaved: false, historyOf: graphId });
  store.undo();
  expect(store.graph()).toEqual({ ...sample, id: copyId, name: "Copy" });
});

test("undo steps are there after a reload, the latest where not all fit", () => {
  const before = openStore();
  for (let step = 1; step <= 50; step++) before.edit({ type: "title", id: "a", title: `Title ${step}` });
  before.undo();
  const reloaded = (characters: number) => {
    const store = openStore(structuredClone(before.graph()));
    store.restoreHistory(JSON.parse(before.history(characters)));
    return store;
  };
  const whole = reloaded(100_000);
  whole.redo();
  expect(titleOf(whole, "a")).toBe("Title 50");
  while (whole.state().canUndo) whole.undo();
  expect(whole.graph()).toEqual(sample);

  const part = reloaded(1500);
  for (let steps = 0; steps < 60; steps++) part.undo();
  expect(titleOf(part, "a")).toMatch(/^Title \d+$/);
  expect(part.state().told?.text).toMatch(/^Undo ends here/);
});
