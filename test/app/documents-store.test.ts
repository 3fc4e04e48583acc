import { ORPCError } from "@orpc/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { KEEP_DELAY_MS } from "../../app/stores/document-sync.ts";
import { createDocumentsStore, mayClose } from "../../app/stores/documents.ts";
import type { ChangedFile, DocumentsDeps } from "../../app/stores/documents-state.ts";
import { createGraphStore } from "../../app/stores/graph.ts";
import { LineFailure } from "../../app/stores/studio.ts";
import { createUnkeptEdits } from "../../app/stores/unkept-edits.ts";
import { isSameContent } from "../../src/graph/changes/changes.ts";
import { emptyGraph, type Graph } from "../../src/graph/document/schema.ts";
import type {
  FileChoice,
  KeepAnswer,
  LatestAnswer,
  OfferedFile,
  OpenDocument,
  OpenResult,
  SaveAnswer,
} from "../../src/studio/contract.ts";
import { memoryOfWindow, memoryShelf } from "./memory-of-window.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const graphOf = (n: number, name: string): Graph => ({
  ...emptyGraph(id(n), name),
  nodes: [{ id: "a", type: "prompt", position: { x: 0, y: 0 }, data: { params: { text: name } } }],
});

/** A studio with a library in memory; `down` makes every call fail as a broken line does. */
function fakeStudio() {
  const library = new Map<string, OpenDocument>();
  const state = {
    down: false,
    open: undefined as string | undefined,
    underWay: 0,
    offered: [] as OfferedFile[],
    keeps: [] as { name: string; base: number }[],
    /** What arrives is done, and nobody hears of it. */
    loseAnswers: false,
    changedFile: undefined as ChangedFile | undefined,
    /** Set to hold the answer of a keep back until it is called. */
    hold: undefined as Promise<void> | undefined,
    refusal: undefined as { code: string; message: string; remedy: string } | undefined,
  };
  const answer = async <T>(value: () => T): Promise<T> => {
    if (state.down) throw new LineFailure();
    if (state.refusal)
      throw new ORPCError("REFUSED", { defined: true, status: 409, message: "Refused", data: state.refusal });
    return value();
  };
  const load = (key: string): OpenResult => {
    const document = library.get(key);
    if (!document) return { ok: false, code: "not-found", message: "It is gone.", remedy: "Open another." };
    state.open = key;
    return { ok: true, document, notices: [] };
  };
  const client = {
    history: {
      openGraph: ({ runId }: { runId: string }) =>
        answer(() => {
          library.set(id(8), { graph: graphOf(8, `Of ${runId}`), revision: 1, unsaved: true });
          return load(id(8));
        }),
    },
    documents: {
      restore: (own?: { id?: string | undefined }) =>
        answer(() => library.get(own?.id ?? "") ?? library.get(state.open ?? "")),
      keep: async ({ graph, base }: { graph: Graph; base: number }): Promise<KeepAnswer> => {
        state.underWay++;
        await state.hold;
        state.underWay--;
        return answer((): KeepAnswer => {
          const there = library.get(graph.id);
          if ((there?.revision ?? 0) !== base)
            return there ? { answer: "changed", document: there } : { answer: "gone" };
          state.keeps.push({ name: graph.name, base });
          state.open = graph.id;
          const isSame = there !== undefined && isSameContent(there.graph, graph);
          const revision = isSame ? base : base + 1;
          const unsaved = isSame ? there.unsaved : true;
          library.set(graph.id, { graph, revision, unsaved });
          if (state.loseAnswers) throw new LineFailure();
          return { answer: "kept", revision, unsaved };
        });
      },
      latest: ({ id: key, revision }: { id: string; revision: number }) =>
        answer((): LatestAnswer => {
          const document = library.get(key);
          if (!document) return { answer: "gone" };
          return document.revision === revision
            ? { answer: "same", unsaved: document.unsaved }
            : { answer: "changed", document };
        }),
      save: ({ id: key, revision }: { id: string; revision: number; file?: FileChoice }) =>
        answer((): SaveAnswer => {
          const there = library.get(key);
          if (there?.revision !== revision)
            return there ? { answer: "changed", document: there } : { answer: "gone" };
          if (state.changedFile) return { answer: "file-changed", ...state.changedFile };
          const document: OpenDocument = { ...there, unsaved: false, savedAt: Date.now() };
          library.set(key, document);
          return { answer: "saved", document, notices: [] };
        }),
      list: () => answer(() => []),
      load: ({ id: key }: { id: string }) => answer(() => load(key)),
      remove: () => answer(() => undefined),
      importText: ({ text }: { text: string; name: string }) =>
        answer((): OpenResult => {
          if (!text.startsWith("{"))
            return {
              ok: false,
              code: "broken-json",
              message: "The file is not valid JSON.",
              remedy: "Mend it.",
            };
          library.set(id(9), { graph: graphOf(9, text), revision: 1, unsaved: false });
          return load(id(9));
        }),
      exportText: ({ graph }: { graph: Graph }) =>
        answer(() => ({ text: JSON.stringify(graph), fileName: `${graph.name}.json` })),
      examples: () => answer(() => []),
      openExample: ({ id: key }: { id: string }) => answer(() => load(key)),
    },
    files: {
      open: () => answer(() => undefined),
      openOffered: () => answer(() => state.offered.shift()),
      saveAs: () => answer(() => undefined),
      export: () => answer(() => undefined),
    },
  };
  // Only what the store calls is there; the rest of a client's procedures are never reached.
  return { state, library, client: client as DocumentsDeps["client"] };
}

async function started(
  open?: Graph,
  { studio = fakeStudio(), memory = memoryOfWindow(), shelf = memoryShelf(), life = 100 } = {},
) {
  if (open) {
    studio.library.set(open.id, { graph: open, revision: 3, unsaved: false });
    studio.state.open = open.id;
  }
  const graphs = createGraphStore(() => Date.now());
  let next = life;
  const documents = createDocumentsStore({
    client: studio.client,
    graphStore: graphs,
    newId: () => id(next++),
    hasNativeFiles: () => false,
    memory,
    unkept: createUnkeptEdits(
      () => shelf,
      String(life),
      () => Date.now(),
    ),
    clockTime: () => "14:03:07",
  });
  await documents.getState().restore();
  const rename = (name: string) => graphs.getState().edit({ type: "rename-graph", name });
  return { ...studio, studio, memory, shelf, graphs, documents, rename };
}

test("what was open is open again, and an empty graph on the first start", async () => {
  const again = await started(graphOf(1, "One"));
  expect(again.graphs.getState().graph?.name).toBe("One");
  const first = await started();
  expect(first.graphs.getState().graph).toMatchObject({ name: "Untitled", nodes: [] });
  expect(first.state.keeps).toEqual([]);
});

test("files that the system opens come one after the other, once it is known what was open, and none is lost", async () => {
  const { state, library, graphs, documents, rename } = await started(graphOf(1, "One"));
  const fileOf = (n: number): OfferedFile => {
    const document = { graph: graphOf(n, `File ${n}`), revision: 1, unsaved: false };
    library.set(id(n), document);
    return { name: `${n}.json`, opened: { ok: true, document, notices: [] } };
  };
  const failure = { code: "file-not-read", message: "It could not be read.", remedy: "Look at it." };
  rename("An edit of just now");
  state.offered.push(fileOf(2), { name: "bad.json", opened: { ok: false, ...failure } }, fileOf(3));
  await Promise.all([documents.getState().openOffered(), documents.getState().openOffered()]);
  expect(library.get(id(1))?.graph.name).toBe("An edit of just now");
  expect(graphs.getState().graph?.name).toBe("File 3");
  expect(documents.getState().trouble).toMatchObject({ title: "“bad.json” was not opened", ...failure });

  // Each new line asks what is offered; one that breaks at once is told by its own notice alone.
  documents.getState().dismissTrouble();
  state.down = true;
  await documents.getState().openOffered();
  rename("Typed meanwhile");
  await documents.getState().openOffered();
  expect(documents.getState().trouble).toBeUndefined();
  state.down = false;
  rename("File 3");
  await documents.getState().keepNow();

  documents.setState({ phase: "starting" });
  state.offered.push(fileOf(4));
  await documents.getState().openOffered();
  expect([graphs.getState().graph?.name, state.offered]).toMatchObject(["File 3", [{ name: "4.json" }]]);
});

test("each edit is kept within a second, and a burst of them once", async () => {
  const { rename, state, documents } = await started(graphOf(1, "One"));
  rename("A");
  rename("B");
  expect(documents.getState().keeping).toBe("pending");
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS);
  expect(state.keeps.map(({ name }) => name)).toEqual(["B"]);
  expect(documents.getState().keeping).toBe("kept");
});

test("someone who never stops typing is kept all the same", async () => {
  const { rename, state } = await started(graphOf(1, "One"));
  for (let n = 0; n < 30; n++) {
    rename(`Typed ${n}`);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(state.keeps.length).toBeGreaterThanOrEqual(3);
});

test("an edit made while a keep is under way is kept after it, in order", async () => {
  const { rename, state, documents } = await started(graphOf(1, "One"));
  const gate = Promise.withResolvers<void>();
  state.hold = gate.promise;
  rename("A");
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS);
  rename("B");
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS);
  expect(state.keeps).toEqual([]);
  gate.resolve();
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS);
  expect(state.keeps.map(({ name }) => name)).toEqual(["A", "B"]);
  expect(documents.getState().keeping).toBe("kept");
});

test("never are two keeps under way at once, whoever asks", async () => {
  const { rename, state, documents } = await started(graphOf(1, "One"));
  const gate = Promise.withResolvers<void>();
  state.hold = gate.promise;
  rename("A");
  const first = documents.getState().keepNow();
  rename("B");
  const second = documents.getState().keepNow();
  await vi.advanceTimersByTimeAsync(0);
  expect(state.underWay).toBe(1);
  gate.resolve();
  await Promise.all([first, second]);
  expect(state.keeps.map(({ name }) => name)).toEqual(["A", "B"]);
});

test("a keep that failed is tried again by itself", async () => {
  const { rename, state, documents } = await started(graphOf(1, "One"));
  state.down = true;
  rename("A");
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS);
  state.down = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect(documents.getState().keeping).toBe("kept");
});

test("edits made while the line is down are kept when it is back", async () => {
  const { rename, state, documents, graphs } = await started(graphOf(1, "One"));
  state.down = true;
  rename("Offline");
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS);
  expect(documents.getState().keeping).toBe("failed");
  state.down = false;
  await documents.getState().restore();
  expect(documents.getState().keeping).toBe("kept");
  expect(state.keeps.map(({ name }) => name)).toEqual(["Offline"]);
  expect(graphs.getState().graph?.name).toBe("Offline");
});

test("saving is what makes a document saved, and an edit during it keeps it unsaved", async () => {
  const { rename, graphs, documents } = await started(graphOf(1, "One"));
  rename("A");
  expect(graphs.getState().unsaved).toBe(true);
  await documents.getState().save();
  expect(graphs.getState().unsaved).toBe(false);
  rename("B");
  const saving = documents.getState().save();
  rename("C");
  await saving;
  expect(graphs.getState().unsaved).toBe(true);
});

test("a copy has an id of its own and leaves the original alone", async () => {
  const { graphs, documents, library } = await started(graphOf(1, "One"));
  await documents.getState().saveAs("Two");
  expect(graphs.getState().graph).toMatchObject({ id: id(100), name: "Two" });
  expect(library.get(id(1))?.graph.name).toBe("One");
});

test("a file that cannot be opened says why, and the open document stays", async () => {
  const { graphs, documents } = await started(graphOf(1, "One"));
  await documents.getState().importText("nonsense", "bad.json");
  expect(documents.getState().trouble).toMatchObject({ code: "broken-json", remedy: "Mend it." });
  expect(graphs.getState().graph?.name).toBe("One");
});

test("a refusal is told in its own words", async () => {
  const { documents, state } = await started(graphOf(1, "One"));
  state.refusal = { code: "READ_ONLY", message: "The folder is read only.", remedy: "Save as a copy." };
  await documents.getState().save();
  expect(documents.getState().trouble).toMatchObject({
    title: "“One” was not saved",
    message: "The folder is read only.",
  });
});

test("opening another document keeps the present one first, and is refused while that fails", async () => {
  const { rename, state, graphs, documents } = await started(graphOf(1, "One"));
  rename("Edited");
  await documents.getState().importText("{}", "good.json");
  expect(state.keeps.map(({ name }) => name)).toEqual(["Edited"]);
  expect(graphs.getState().graph?.id).toBe(id(9));

  rename("Not kept");
  state.down = true;
  await documents.getState().open(id(1));
  expect(graphs.getState().graph?.name).toBe("Not kept");
  expect(documents.getState().trouble?.code).toBe("NOT_KEPT");
});

test("a new graph leaves the old one kept, and asking again while it is empty changes nothing", async () => {
  const { graphs, documents, state, rename } = await started(graphOf(1, "One"));
  rename("Edited");
  await documents.getState().create();
  expect(state.keeps.map(({ name }) => name)).toEqual(["Edited", "Untitled"]);
  const fresh = graphs.getState().graph;
  expect(fresh).toMatchObject({ id: id(100), nodes: [] });
  await documents.getState().create();
  expect(graphs.getState().graph).toBe(fresh);
});

test("looking elsewhere is kept too, so that a reload shows the same place", async () => {
  const { graphs, state } = await started(graphOf(1, "One"));
  graphs.getState().setViewport({ x: 5, y: 6, zoom: 2 });
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS);
  expect(state.keeps).toHaveLength(1);
  expect(graphs.getState().unsaved).toBe(false);
});

test("closing asks only where edits are not kept", () => {
  expect([mayClose("kept"), mayClose("pending"), mayClose("keeping"), mayClose("failed")]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test("the graph of a past run opens beside the open document, which is kept first or not left at all", async () => {
  const { state, library, documents, graphs, rename } = await started(graphOf(1, "One"));
  rename("Mine");
  await documents.getState().openRunGraph("run-7");
  expect(graphs.getState().graph?.name).toBe("Of run-7");
  expect([...library.values()].map(({ graph }) => graph.name)).toContain("Mine");
  expect(documents.getState().notices).toEqual(["“Mine” stays under Recent with its unsaved changes."]);
  rename("Not kept");
  state.down = true;
  await documents.getState().openRunGraph("run-8");
  expect(graphs.getState().graph?.name).toBe("Not kept");
  expect(documents.getState().trouble?.code).toBe("NOT_KEPT");
});

/** What another window does to the open document, kept by the studio. */
function elsewhere({ library }: Awaited<ReturnType<typeof started>>, change: (graph: Graph) => Graph): void {
  const there = library.get(id(1));
  if (!there) throw new Error("The document is not there.");
  library.set(id(1), { ...there, graph: change(there.graph), revision: there.revision + 1, unsaved: true });
}
const withText =
  (text: string) =>
  (graph: Graph): Graph => ({
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, data: { ...node.data, params: { text } } })),
  });

test("an edit of another window is joined with this one's before it is kept", async () => {
  const world = await started(graphOf(1, "One"));
  elsewhere(world, withText("theirs"));
  world.rename("Mine");
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS * 2);
  const both = { name: "Mine", nodes: [{ data: { params: { text: "theirs" } } }] };
  expect(world.library.get(id(1))?.graph).toMatchObject(both);
  expect(world.graphs.getState().graph).toMatchObject(both);
  expect(world.documents.getState()).toMatchObject({ keeping: "kept", copies: [] });
});

test("another window's edit appears as soon as the studio tells of it, without a step of undo", async () => {
  const world = await started(graphOf(1, "One"));
  elsewhere(world, withText("theirs"));
  world.documents.getState().heard({ id: id(1), revision: 4 });
  await vi.advanceTimersByTimeAsync(0);
  expect(world.graphs.getState().graph).toMatchObject(withText("theirs")(graphOf(1, "One")));
  expect(world.graphs.getState()).toMatchObject({ canUndo: false, unsaved: true });
  expect(world.state.keeps).toEqual([]);
});

test("where two windows changed the same, the first stays and the second's is kept whole as a copy that is offered", async () => {
  const world = await started(graphOf(1, "One"));
  elsewhere(world, withText("theirs"));
  world.graphs.getState().edit({ type: "params", id: "a", params: { text: "mine" } });
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS * 2);
  expect(world.graphs.getState().graph).toMatchObject(withText("theirs")(graphOf(1, "One")));
  const mine = "One (this window's, 14:03:07)";
  expect(world.documents.getState().copies).toEqual([
    { id: id(100), name: mine, places: [{ nodeId: "a", param: "text" }] },
  ]);
  expect(world.library.get(id(100))?.graph).toMatchObject(withText("mine")(graphOf(100, mine)));
  world.documents.getState().dismissCopy(id(100));
  expect(world.documents.getState().copies).toEqual([]);
});

test("while two windows type in one field there is one copy, which holds every text of this window", async () => {
  const world = await started(graphOf(1, "One"));
  for (const [theirs, mine] of [
    ["A", "first words"],
    ["AB", "A second"],
    ["ABC", "AB third"],
  ] as const) {
    elsewhere(world, withText(theirs));
    world.graphs.getState().edit({ type: "params", id: "a", params: { text: mine } });
    await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS * 2);
  }
  expect(world.documents.getState().copies).toHaveLength(1);
  expect([...world.library.keys()]).toEqual([id(1), id(100)]);
  expect(world.library.get(id(100))?.graph).toMatchObject(
    withText("first words\n\nA second\n\nAB third")({ ...graphOf(100, "One (this window's, 14:03:07)") }),
  );

  // A person has seen it: the next conflict is another one.
  world.documents.getState().dismissCopy(id(100));
  elsewhere(world, withText("ABCD"));
  world.graphs.getState().edit({ type: "params", id: "a", params: { text: "later" } });
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS * 2);
  expect(world.documents.getState().copies.map((copy) => copy.id)).toEqual([id(101)]);
});

const textIn = ({ graphs }: Awaited<ReturnType<typeof started>>) =>
  graphs.getState().graph?.nodes[0]?.data.params["text"];

test("what was typed while the studio was down is there when the graph is opened again, in any window", async () => {
  for (const isSameWindow of [true, false]) {
    const before = await started(graphOf(1, "One"));
    const { studio, shelf } = before;
    studio.state.down = true;
    before.graphs.getState().edit({ type: "params", id: "a", params: { text: "typed meanwhile" } });
    await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS * 2);
    vi.clearAllTimers();

    studio.state.down = false;
    const memory = isSameWindow ? before.memory : memoryOfWindow();
    const after = await started(undefined, { studio, shelf, memory, life: 200 });
    expect(textIn(after)).toBe("typed meanwhile");
    await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS * 2);
    expect(studio.library.get(id(1))?.graph).toMatchObject(withText("typed meanwhile")(graphOf(1, "One")));
    expect(shelf.length).toBe(0);
  }
});

test("edits that were left behind join what others did since, and a copy is offered where both changed the same", async () => {
  const before = await started(graphOf(1, "One"));
  const { studio, shelf } = before;
  studio.state.down = true;
  before.graphs.getState().edit({ type: "params", id: "a", params: { text: "mine" } });
  before.documents.getState().rememberSteps();
  vi.clearAllTimers();

  studio.state.down = false;
  elsewhere(before, withText("theirs"));
  const after = await started(undefined, { studio, shelf, life: 200 });
  expect(textIn(after)).toBe("theirs");
  expect(studio.library.get(id(200))?.graph).toMatchObject(
    withText("mine")(graphOf(200, "One (this window's, 14:03:07)")),
  );
  expect(shelf.length).toBe(0);
});

test("a graph that the studio never heard of is back in its window", async () => {
  const before = await started();
  const { studio, shelf, memory } = before;
  studio.state.down = true;
  before.rename("Only here");
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS * 2);
  vi.clearAllTimers();

  studio.state.down = false;
  const after = await started(undefined, { studio, shelf, memory, life: 200 });
  expect(after.graphs.getState().graph?.name).toBe("Only here");
  expect([...studio.library.values()].map(({ graph }) => graph.name)).toEqual(["Only here"]);
  expect(shelf.length).toBe(0);
});

test("an edit whose answer was lost is no conflict with the next one", async () => {
  const world = await started(graphOf(1, "One"));
  world.state.loseAnswers = true;
  world.graphs.getState().edit({ type: "params", id: "a", params: { text: "first" } });
  await vi.advanceTimersByTimeAsync(KEEP_DELAY_MS);
  expect(world.documents.getState().keeping).toBe("failed");
  world.graphs.getState().edit({ type: "params", id: "a", params: { text: "second" } });
  elsewhere(world, (graph) => ({ ...graph, name: "Theirs" }));
  world.state.loseAnswers = false;
  await world.documents.getState().restore();
  expect(world.library.get(id(1))?.graph).toMatchObject(withText("second")(graphOf(1, "Theirs")));
  expect(world.documents.getState()).toMatchObject({ keeping: "kept", copies: [] });
});

test("a document that another window deletes stays on show, and is kept again when asked", async () => {
  const world = await started(graphOf(1, "One"));
  world.library.delete(id(1));
  world.documents.getState().heard({ id: id(1), revision: undefined });
  await vi.advanceTimersByTimeAsync(0);
  expect(world.documents.getState()).toMatchObject({
    keeping: "failed",
    notKept: { code: "document-gone", message: "This graph was deleted in another window." },
  });
  world.rename("Still here");
  await vi.advanceTimersByTimeAsync(5000);
  expect(world.library.get(id(1))).toBeUndefined();
  await world.documents.getState().keepAgain();
  expect(world.library.get(id(1))?.graph.name).toBe("Still here");
  expect(world.documents.getState().keeping).toBe("kept");
});

test("a file that was changed by another program is not written over before a person has chosen", async () => {
  const world = await started(graphOf(1, "One"));
  const changedFile = { fileName: "one.json", seen: "abc", canJoin: true };
  world.state.changedFile = changedFile;
  expect(await world.documents.getState().save()).toBe(false);
  expect(world.documents.getState()).toMatchObject({ changedFile, trouble: undefined, saving: false });
  world.state.changedFile = undefined;
  expect(await world.documents.getState().save({ seen: "abc", act: "join" })).toBe(true);
  expect(world.documents.getState().changedFile).toBeUndefined();
});

test("undo steps are there after Save as, and when the graph that it was made of is opened again", async () => {
  const world = await started(graphOf(1, "One"));
  const placeOf = () => world.graphs.getState().graph?.nodes[0]?.position;
  world.graphs.getState().edit({ type: "move", positions: [{ id: "a", x: 5, y: 6 }] });
  await world.documents.getState().saveAs("Copy");
  expect(world.graphs.getState()).toMatchObject({ canUndo: true, graph: { name: "Copy" } });
  world.graphs.getState().undo();
  expect(placeOf()).toEqual({ x: 0, y: 0 });

  await world.documents.getState().open(id(1));
  expect(placeOf()).toEqual({ x: 5, y: 6 });
  world.graphs.getState().undo();
  expect(placeOf()).toEqual({ x: 0, y: 0 });
});

test("an example that is only looked at is never kept; one that is changed or run is", async () => {
  const world = await started(graphOf(1, "One"));
  const example = {
    graph: graphOf(7, "Example"),
    revision: 0,
    unsaved: false,
    origin: { kind: "example" as const, id: "seven" },
  };
  world.client.documents.openExample = async () => ({ ok: true, document: example, notices: [] });
  const keepsOf = () => world.state.keeps.map(({ name }) => name);
  await world.documents.getState().openExample("seven");
  world.graphs.getState().setViewport({ x: 5, y: 6, zoom: 2 });
  await vi.advanceTimersByTimeAsync(5000);
  await world.documents.getState().open(id(1));
  expect(keepsOf()).toEqual([]);

  await world.documents.getState().openExample("seven");
  expect(world.documents.getState().origin).toEqual({ kind: "example", id: "seven" });
  await world.documents.getState().keepAsOwn();
  expect(keepsOf()).toEqual(["Example"]);
  expect(world.documents.getState().origin).toBeUndefined();
});

test("what is typed while another document is fetched is kept before that takes its place", async () => {
  const world = await started(graphOf(1, "One"));
  await world.documents.getState().importText("{}", "other.json");
  world.rename("Before");
  const fetched = Promise.withResolvers<void>();
  const { load } = world.client.documents;
  world.client.documents.load = async (input) => {
    await fetched.promise;
    return await load(input);
  };
  const opening = world.documents.getState().open(id(1));
  await vi.advanceTimersByTimeAsync(0);
  world.rename("Typed late");
  fetched.resolve();
  await opening;
  expect(world.library.get(id(9))?.graph.name).toBe("Typed late");
  expect(world.graphs.getState().graph?.id).toBe(id(1));
});
