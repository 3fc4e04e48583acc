import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDocumentsStore } from "../../app/stores/documents.ts";
import type { DocumentsDeps } from "../../app/stores/documents-state.ts";
import { createGraphStore } from "../../app/stores/graph.ts";
import { LineFailure } from "../../app/stores/studio.ts";
import { createUnkeptEdits } from "../../app/stores/unkept-edits.ts";
import type { WindowMemory } from "../../app/stores/window-memory.ts";
import { isSameContent } from "../../src/graph/changes/changes.ts";
import { parseGraph } from "../../src/graph/document/parse.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { serialise } from "../../src/graph/document/serialise.ts";
import { openLibrary } from "../../src/library/sqlite/library.ts";
import { createStudioDocuments, type StudioDocuments } from "../../src/studio/documents/documents.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { said } from "../support/in-english.ts";
import { memoryOfWindow, memoryShelf } from "./memory-of-window.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const start = graphOf(
  [nodeOf("a", "prompt", { text: "" }), nodeOf("b", "prompt", { text: "" }), nodeOf("g", "group", {})],
  ["a.out > b.in"],
);

/** What a hand does to the graph as it sees it. Each mark is one of its own, so that it can be found again. */
type Edit = { readonly kind: "param" | "text" | "add" | "remove" | "rename"; readonly node: number };

type Op =
  | { readonly type: "edit"; readonly window: number; readonly edit: Edit }
  | { readonly type: "undo" | "redo" | "save" | "reload" | "kill" | "mend"; readonly window: number }
  /** Calls do not arrive, or arrive and nobody hears the answer. */
  | { readonly type: "break"; readonly window: number; readonly loses: boolean }
  | { readonly type: "process" | "file"; readonly edit: Edit }
  | { readonly type: "wait"; readonly ms: number };

const window_ = fc.integer({ min: 0, max: 1 });
const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("param", "param", "text", "add", "remove", "rename"),
  node: fc.nat({ max: 4 }),
});
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("edit" as const), window: window_, edit }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom("undo" as const, "redo", "save", "save", "reload", "kill", "mend"),
      window: window_,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("break" as const), window: window_, loses: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom("process" as const, "file"), edit }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("wait" as const), ms: fc.constantFrom(20, 200, 600, 3000) }),
  },
);

const marksIn = (graph: Graph | string): Set<string> =>
  new Set((typeof graph === "string" ? graph : JSON.stringify(graph)).match(/mark\d+m/g) ?? []);
const less = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].filter((mark) => !b.has(mark));

/** One studio with two windows, a second process on its data folder, and a program that writes the graph's file. */
async function openWorld(delays: readonly number[]) {
  const root = await mkdtemp(join(tmpdir(), "catwalk-shared-"));
  const file = join(root, "graph.json");
  let time = 1_000_000;
  const openProcess = async () => {
    const library = await openLibrary(join(root, "home"));
    const documents = createStudioDocuments({
      library,
      uploads: { resolve: async (graph) => ({ graph, problems: [] }) },
      clock: { now: () => time++, setTimeout: () => 0, clearTimeout: () => undefined },
      examplesFolder: join(root, "examples"),
      firstExample: undefined,
      dialogs: { open: async () => file, save: async () => file },
    });
    return { library, documents };
  };
  const studio = await openProcess();
  const other = await openProcess();
  await writeFile(file, serialise(start));
  await studio.documents.openFile();

  let turn = 0;
  const later = () => new Promise((done) => setTimeout(done, delays[turn++ % delays.length] ?? 1));
  let marks = 0;
  const newMark = () => `mark${++marks}m`;
  /** By mark: who made it. */
  const authors = new Map<string, string>();
  const kept = new Set<string>();
  /** Taken away by a hand that saw it. */
  const erased = new Set<string>();
  const will = (who: string, before: Graph, after: Graph) => {
    for (const mark of less(marksIn(before), marksIn(after))) erased.add(mark);
    for (const mark of less(marksIn(after), marksIn(before))) {
      erased.delete(mark);
      if (!authors.has(mark)) authors.set(mark, who);
    }
  };

  /** Calls that the studio is at; files take real time, which the clock of the test knows nothing of. */
  const underWay = new Set<Promise<unknown>>();
  const settle = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    await Promise.allSettled(underWay);
  };
  const revisions = new Map<string, number>();
  const shelf = memoryShelf();
  const openWindow = (name: string, memory: WindowMemory, isUp: () => "up" | "down" | "deaf") => {
    let isAlive = true;
    /** A call over the line: what is sent and answered is copied, takes its time, and may be lost. */
    const over = async <T>(act: (documents: StudioDocuments) => T | Promise<T>): Promise<T> => {
      if (!isAlive) return new Promise<never>(() => undefined);
      if (isUp() === "down") throw new LineFailure();
      await later();
      const doing = (async () => await act(studio.documents))();
      underWay.add(doing);
      const answer = structuredClone(await doing.finally(() => underWay.delete(doing)));
      await later();
      if (!isAlive) return new Promise<never>(() => undefined);
      if (isUp() !== "up") throw new LineFailure();
      return answer;
    };
    const client = {
      documents: {
        restore: (own?: { id?: string | undefined }) => over((documents) => documents.restore(own)),
        keep: ({ graph, base }: { graph: Graph; base: number }) => {
          const sent = structuredClone(graph);
          return over(async (documents) => {
            const answer = await documents.keep(sent, base);
            if (answer.answer !== "kept") return answer;
            // A lower revision is never answered as kept.
            expect(answer.revision).toBeGreaterThanOrEqual(revisions.get(graph.id) ?? 0);
            revisions.set(graph.id, answer.revision);
            for (const mark of marksIn(sent)) kept.add(mark);
            return answer;
          });
        },
        latest: ({ id, revision }: { id: string; revision: number }) =>
          over((documents) => documents.latest(id, revision)),
        save: ({ id, revision, file: choice }: Parameters<DocumentsDeps["client"]["documents"]["save"]>[0]) =>
          over((documents) => documents.save(id, revision, choice)),
        list: async () => [],
        examples: async () => [],
      },
    };
    const graphs = createGraphStore(() => time);
    const documents = createDocumentsStore({
      // Of a client, what this test asks for.
      client: client as unknown as DocumentsDeps["client"],
      graphStore: graphs,
      newId: randomUUID,
      hasNativeFiles: () => false,
      memory,
      unkept: createUnkeptEdits(
        () => shelf,
        randomUUID(),
        () => time,
      ),
      clockTime: () => "14:03:07",
    });
    const stopHearing = studio.documents.onChange((change) => {
      if (change.type !== "document" || isUp() !== "up") return;
      void later().then(() => isAlive && documents.getState().heard(change));
    });
    documents.subscribe(({ trouble, changedFile }) => {
      if (trouble) documents.getState().dismissTrouble();
      if (changedFile) void documents.getState().save({ seen: changedFile.seen, act: "join" });
    });
    void documents.getState().restore();
    const graph = () => graphs.getState().graph;
    const act = (by: () => void) => {
      const before = graph();
      by();
      const after = graph();
      if (before && after) will(name, before, after);
      return before && after ? less(marksIn(before), marksIn(after)) : [];
    };
    return {
      name,
      documents,
      graph,
      act,
      graphs,
      end(isAsked: boolean) {
        if (isAsked) {
          void documents.getState().keepNow();
          documents.getState().rememberSteps();
        }
        isAlive = false;
        stopHearing();
      },
    };
  };
  return {
    ...{ file, studio, other, settle, openWindow, newMark, will, authors, kept, erased },
    async close() {
      await Promise.allSettled(underWay);
      await studio.library.close();
      await other.library.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

function edited(graph: Graph, { kind, node: index }: Edit, mark: string): Graph {
  const node = graph.nodes[index % Math.max(1, graph.nodes.length)];
  const withNode = (params: object): Graph => ({
    ...graph,
    nodes: graph.nodes.map((each) =>
      each === node ? { ...each, data: { ...each.data, params: { ...each.data.params, ...params } } } : each,
    ),
  });
  switch (kind) {
    case "param":
      return withNode({ [mark]: true });
    case "text":
      return withNode({ text: mark });
    case "add":
      return {
        ...graph,
        nodes: [...graph.nodes, { ...nodeOf(mark, "prompt", {}), ...(node ? { parentId: node.id } : {}) }],
      };
    case "remove":
      return {
        ...graph,
        nodes: graph.nodes.filter((each) => each !== node && each.parentId !== node?.id),
        edges: graph.edges.filter(({ source, target }) => source !== node?.id && target !== node?.id),
      };
    case "rename":
      return { ...graph, name: mark };
    default:
      return kind satisfies never;
  }
}

/** The same edit as a person makes it in a window. */
function editIn(graphs: ReturnType<typeof createGraphStore>, each: Edit, mark: string): void {
  const { graph, edit: make } = graphs.getState();
  const node = graph?.nodes[each.node % Math.max(1, graph.nodes.length)];
  if (!graph) return;
  const changed = each.kind === "text" ? { text: mark } : { [mark]: true };
  if (each.kind === "rename") make({ type: "rename-graph", name: mark });
  else if (each.kind === "add")
    make({
      type: "add",
      nodes: [{ ...nodeOf(mark, "prompt", {}), ...(node ? { parentId: node.id } : {}) }],
      edges: [],
    });
  else if (each.kind === "remove" && node) make({ type: "remove", nodeIds: [node.id], edgeIds: [] });
  else if (node) make({ type: "params", id: node.id, params: { ...node.data.params, ...changed } });
}

/** Tries again with time going on until it does not throw. */
async function until(settle: (ms: number) => Promise<void>, check: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    await settle(2000);
    try {
      return await check();
    } catch (error) {
      if (tries === 60) throw error;
    }
  }
}

async function play(ops: readonly Op[], delays: readonly number[]): Promise<void> {
  const world = await openWorld(delays);
  const { settle } = world;
  const closed = new Set<string>();
  const lines: ("up" | "down" | "deaf")[] = ["up", "up"];
  const memories = [memoryOfWindow(), memoryOfWindow()];
  const openNumber = (index: number) =>
    world.openWindow(`window ${index}`, memories[index] ?? memoryOfWindow(), () => lines[index] ?? "up");
  const windows = [openNumber(0), openNumber(1)];
  try {
    await settle(500);
    for (const each of ops) {
      switch (each.type) {
        case "wait":
          await settle(each.ms);
          break;
        case "process": {
          const latest = await world.other.documents.latest(start.id, -1);
          if (latest.answer !== "changed") break;
          const { graph, revision } = latest.document;
          const next = edited(graph, each.edit, world.newMark());
          if (!parseGraph(serialise(next)).ok) break;
          world.will("process", graph, next);
          const answer = await world.other.documents.keep(next, revision);
          expect(answer.answer).toBe("kept");
          for (const mark of marksIn(next)) world.kept.add(mark);
          break;
        }
        case "file": {
          const before = parseGraph(await readFile(world.file, "utf8"));
          if (!before.ok) throw new Error(said(before.reason.message));
          const next = edited(before.graph, each.edit, world.newMark());
          world.will("file", before.graph, next);
          await writeFile(world.file, serialise(next));
          for (const mark of marksIn(next)) world.kept.add(mark);
          break;
        }
        default: {
          const { window: index } = each;
          const window = windows[index];
          if (!window) break;
          if (each.type === "edit") window.act(() => editIn(window.graphs, each.edit, world.newMark()));
          else if (each.type === "undo") {
            // What others made is not this window's to take back.
            for (const mark of window.act(() => window.graphs.getState().undo()))
              expect(world.authors.get(mark)).toBe(window.name);
          } else if (each.type === "redo") window.act(() => window.graphs.getState().redo());
          else if (each.type === "save") void window.documents.getState().save();
          else if (each.type === "break") lines[index] = each.loses ? "deaf" : "down";
          else if (each.type === "mend") {
            lines[index] = "up";
            void window.documents.getState().restore();
          } else {
            window.end(each.type === "reload");
            // What was not kept goes with a window that is closed on it; a person is asked before.
            for (const [mark, author] of world.authors)
              if (author === window.name && !world.kept.has(mark)) closed.add(mark);
            windows[index] = openNumber(index);
            await settle(500);
          }
        }
      }
    }
    // In the end the lines are up, and each window saves what it has.
    for (const [index, window] of windows.entries()) {
      lines[index] = "up";
      void window.documents.getState().restore();
    }
    await until(settle, async () => {
      for (const { documents } of windows) expect(documents.getState().keeping).toBe("kept");
    });
    for (const { documents } of windows) void documents.getState().save();
    await settle(10_000);
    // A second process tells nobody: a window looks when it comes to the front.
    for (const { documents } of windows) void documents.getState().look();
    await until(settle, async () => {
      for (const { documents } of windows) {
        expect(documents.getState()).toMatchObject({
          keeping: "kept",
          saving: false,
          changedFile: undefined,
        });
      }
      const end = await world.studio.library.documents.get(start.id);
      const file = parseGraph(await readFile(world.file, "utf8"));
      const now = end && parseGraph(end.json);
      if (!now?.ok || !file.ok) throw new Error("The graph cannot be read.");
      for (const window of windows) {
        const shown = window.graph();
        expect(shown && isSameContent(shown, now.graph)).toBe(true);
      }
      expect(isSameContent(file.graph, now.graph)).toBe(true);
    });
    const found = new Set(
      (await world.studio.library.documents.list()).flatMap(({ json }) => [...marksIn(json)]),
    );
    const made = [...world.authors.keys()].filter((mark) => world.kept.has(mark) || !closed.has(mark));
    const lost = made.filter((mark) => !found.has(mark) && !world.erased.has(mark));
    expect(lost.map((mark) => `${mark} of ${world.authors.get(mark)}`)).toEqual([]);
  } finally {
    for (const window of windows) window.end(false);
    await world.close();
  }
}

test("Two windows, a second process and an outside program edit one graph at random: every kept edit is in the end or in a copy", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(op, { minLength: 5, maxLength: 30 }),
      fc.array(fc.constantFrom(1, 5, 30, 150), { minLength: 3, maxLength: 7 }),
      play,
    ),
    { numRuns: Number(process.env["CATWALK_SHARED_RUNS"] ?? 60), seed: 9, endOnFailure: true },
  );
}, 120_000);
