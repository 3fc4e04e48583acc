import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { parseGraph } from "../../../src/graph/document/parse.ts";
import type { Graph } from "../../../src/graph/document/schema.ts";
import { serialise } from "../../../src/graph/document/serialise.ts";
import type { Library } from "../../../src/library/ports/library.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { createStudioDocuments, type StudioDocuments } from "../../../src/studio/documents/documents.ts";
import { writeFileAtomically } from "../../../src/studio/ground/atomic-file.ts";
import { graphOf, nodeOf } from "../../support/graph-builders.ts";
import { said } from "../../support/in-english.ts";

let root: string;
let library: Library;
let documents: StudioDocuments;
let picked: string | undefined;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "catwalk-documents-"));
  await open();
});
afterEach(async () => {
  await library.close();
  await rm(root, { recursive: true, force: true });
});

async function open(firstExample?: string): Promise<void> {
  library = await openLibrary(join(root, "home"));
  documents = createStudioDocuments({
    library,
    uploads: { resolve: async (graph) => ({ graph, problems: [] }) },
    clock: systemClock,
    examplesFolder: join(root, "examples"),
    firstExample,
    dialogs: { open: async () => picked, save: async () => picked },
  });
}

/** As a window does that has seen the latest state. */
async function keep(graph: Graph): Promise<number> {
  const latest = await documents.latest(graph.id, -1);
  const answer = await documents.keep(graph, latest.answer === "changed" ? latest.document.revision : 0);
  if (answer.answer !== "kept") throw new Error(answer.answer);
  return answer.revision;
}

const save = async (graph: Graph) => documents.save(graph.id, await keep(graph));

const words = (text: string): Graph => graphOf([nodeOf("words", "prompt", { text })]);

test("The open document is back after the process died, with what was not saved", async () => {
  expect(await documents.restore()).toBeUndefined();
  expect(await documents.keep(words("one"), 0)).toMatchObject({ answer: "kept", unsaved: true });
  // No close: as after a kill.
  const dead = library;
  await open();
  expect(await documents.restore()).toMatchObject({ graph: words("one"), unsaved: true });
  await dead.close();
});

test("Saving makes the kept state the saved one; looking elsewhere on the canvas changes nothing", async () => {
  const revision = await keep(words("one"));
  expect(await documents.save(words("one").id, revision)).toMatchObject({ document: { unsaved: false } });
  // No new revision either, so no other window has to look.
  expect(await documents.keep({ ...words("one"), viewport: { x: 9, y: 9, zoom: 2 } }, revision)).toEqual({
    ...{ answer: "kept", revision, unsaved: false },
  });
  expect(await documents.keep(words("two"), revision)).toMatchObject({
    revision: revision + 1,
    unsaved: true,
  });
  expect(await documents.keep(words("one"), revision)).toMatchObject({
    ...{ answer: "changed", document: { graph: words("two"), revision: revision + 1 } },
  });
  expect(await documents.restore()).toMatchObject({ graph: words("two") });
  expect(await documents.list()).toEqual([
    expect.objectContaining({ name: "A test", nodeCount: 1, unsaved: true }),
  ]);
});

test("What is exported comes back equal, and a different graph of the same id is opened as a copy", async () => {
  await keep(words("one"));
  const { text, fileName } = documents.exportText(words("one"));
  expect(fileName).toBe("A test.json");
  const again = await documents.importText(text, fileName);
  expect(again).toMatchObject({ ok: true, document: { graph: words("one") } });

  await keep(words("two"));
  const copy = await documents.importText(text, fileName);
  if (!copy.ok) throw new Error(said(copy.message));
  expect(copy.document.graph.id).not.toBe(words("one").id);
  expect(copy.notices).toHaveLength(1);
  expect(await documents.load(words("one").id)).toMatchObject({ document: { graph: words("two") } });
});

test("A broken file is refused with its reason and leaves the open document alone", async () => {
  await keep(words("one"));
  expect(await documents.importText("{", "x.json")).toMatchObject({ ok: false, code: "broken-json" });
  expect((await documents.restore())?.graph).toEqual(words("one"));
});

test("An example opens as a copy under a new id", async () => {
  await mkdir(join(root, "examples"));
  await writeFile(
    join(root, "examples", "product-clip.json"),
    serialise({ ...words("hi"), description: "Says hi." }),
  );
  await writeFile(join(root, "examples", "music-reel.json"), "{");
  expect(await documents.examples()).toEqual([
    expect.objectContaining({ id: "product-clip", title: "A test", description: "Says hi.", nodeCount: 1 }),
  ]);
  const opened = await documents.openExample("product-clip");
  if (!opened.ok) throw new Error(said(opened.message));
  expect(opened.document.graph.id).not.toBe(words("hi").id);
  await expect(documents.openExample("../first")).rejects.toMatchObject({ code: "example-missing" });
});

test("Save as writes a file under a new id once the document was saved; saving goes on writing that file", async () => {
  picked = join(root, "mine.json");
  await keep(words("one"));
  const first = await documents.saveAs(words("one"));
  expect(first).toMatchObject({ graph: { id: words("one").id }, fileName: "mine.json", unsaved: false });
  await save(words("two"));
  expect(parseGraph(await readFile(picked, "utf8"))).toMatchObject({ ok: true, graph: words("two") });

  picked = join(root, "other.json");
  const second = await documents.saveAs(words("two"));
  expect(second?.graph.id).not.toBe(words("one").id);
  expect(await documents.folderOf(second?.graph.id ?? "")).toBe(root);
  // What the window learns of a file is its name.
  expect(JSON.stringify([second, await documents.list()])).not.toContain(root);
});

test("Opening a file again brings back what was not saved, and never writes over it", async () => {
  picked = join(root, "mine.json");
  await documents.saveAs(words("one"));
  await keep(words("not saved"));
  expect(await documents.openFile()).toMatchObject({
    ok: true,
    document: { graph: words("not saved"), unsaved: true, fileName: "mine.json" },
    notices: [expect.stringContaining("not saved")],
  });

  // The file was changed by another hand as well: both are kept.
  await writeFile(picked, serialise(words("from elsewhere")));
  const opened = await documents.openFile();
  if (!opened?.ok) throw new Error("not opened");
  expect(opened.document.graph).toEqual({ ...words("from elsewhere"), id: opened.document.graph.id });
  expect(opened.document.graph.id).not.toBe(words("one").id);
  expect(await documents.load(words("one").id)).toMatchObject({ document: { graph: words("not saved") } });
});

test("A file that was renamed is the same document; a file that is not ours is refused with its reason", async () => {
  picked = join(root, "mine.json");
  await documents.saveAs(words("one"));
  await rm(picked);
  picked = join(root, "renamed.json");
  await writeFile(picked, serialise(words("one more")));
  expect(await documents.openFile()).toMatchObject({
    document: { graph: words("one more"), unsaved: false, fileName: "renamed.json" },
    notices: [],
  });
  await writeFile(picked, '{"nodes": []}');
  expect(await documents.openFile()).toMatchObject({ ok: false, code: "another-format" });
  picked = join(root, "absent.json");
  expect(await documents.openFile()).toMatchObject({ ok: false, code: "file-not-read" });
  picked = undefined;
  expect(await documents.openFile()).toBeUndefined();
});

test("A save that fails leaves the old file whole and nothing beside it", async () => {
  picked = join(root, "mine.json");
  await documents.saveAs(words("one"));
  const before = await readFile(picked, "utf8");
  // A folder where the file should go: the rename fails at the very last step.
  await rm(picked);
  await mkdir(join(picked, "in the way"), { recursive: true });
  await expect(save(words("two"))).rejects.toMatchObject({ code: "file-not-written" });
  expect((await readdir(root)).sort()).toEqual(["home", "mine.json"]);
  expect(await documents.restore()).toMatchObject({ graph: words("two"), unsaved: true });

  await rm(picked, { recursive: true });
  await writeFile(picked, before);
  const failing = writeFileAtomically(
    picked,
    new Proxy(new Uint8Array(1), {
      get: () => {
        throw new Error("lost");
      },
    }),
  );
  await expect(failing).rejects.toThrow();
  expect(await readFile(picked, "utf8")).toBe(before);
  expect((await readdir(root)).sort()).toEqual(["home", "mine.json"]);
});

test("Saving through a symlink replaces what it points to", async () => {
  await writeFile(join(root, "real.json"), "old");
  await symlink(join(root, "real.json"), join(root, "link.json"));
  await writeFileAtomically(join(root, "link.json"), "new");
  expect(await readFile(join(root, "real.json"), "utf8")).toBe("new");
  await writeFileAtomically(join(root, "secret"), "x", { mode: 0o600 });
  if (process.platform !== "win32") expect((await stat(join(root, "secret"))).mode & 0o777).toBe(0o600);
});

test("a first start opens the example it was told to, and never again once there is a document", async () => {
  await mkdir(join(root, "examples"));
  await writeFile(
    join(root, "examples", "product-clip.json"),
    serialise({ ...words("sample"), name: "Sample" }),
  );
  await library.close();
  await open("product-clip");
  const first = await documents.restore();
  expect(first?.graph.name).toBe("Sample");
  await keep(words("mine"));
  expect((await documents.restore())?.graph).toEqual(words("mine"));
  for (const { id } of await documents.list()) await documents.remove(id);
  expect(await documents.restore()).toBeUndefined();
});

test("A file that another program has changed is not written over before that was chosen", async () => {
  picked = join(root, "mine.json");
  await documents.saveAs(words("one"));
  const { id } = words("one");
  const theirs = serialise({ ...words("one"), name: "Renamed in the file" });
  await writeFile(picked, theirs);
  const revision = await keep(words("two"));
  const told = await documents.save(id, revision);
  if (told.answer !== "file-changed") throw new Error(told.answer);
  expect(told).toMatchObject({ fileName: "mine.json", canJoin: true });
  expect(await readFile(picked, "utf8")).toBe(theirs);

  // Changed once more after the question: asked again, whatever was chosen.
  const later = serialise({ ...words("one"), name: "Renamed again" });
  await writeFile(picked, later);
  for (const act of ["join", "overwrite"] as const)
    expect(await documents.save(id, revision, { seen: told.seen, act })).toMatchObject({
      answer: "file-changed",
    });
  expect(await readFile(picked, "utf8")).toBe(later);

  const again = await documents.save(id, revision);
  const seen = again.answer === "file-changed" ? again.seen : "";
  const joined = await documents.save(id, revision, { seen, act: "join" });
  const both = { ...words("two"), name: "Renamed again" };
  expect(joined).toMatchObject({ answer: "saved", document: { graph: both, unsaved: false }, notices: [] });
  expect(parseGraph(await readFile(picked, "utf8"))).toMatchObject({ graph: both });
});

test("Where file and window changed the same, the window's is saved and the file's is kept as a copy", async () => {
  picked = join(root, "mine.json");
  await documents.saveAs(words("one"));
  await writeFile(picked, serialise(words("of the file")));
  const revision = await keep(words("of the window"));
  const told = await documents.save(words("one").id, revision);
  const seen = told.answer === "file-changed" ? told.seen : "";
  expect(await documents.save(words("one").id, revision, { seen, act: "join" })).toMatchObject({
    document: { graph: words("of the window") },
    notices: [expect.stringContaining("“A test (as it was in the file)”")],
  });
  const copy = (await documents.list()).find(({ name }) => name === "A test (as it was in the file)");
  expect(await documents.load(copy?.id ?? "")).toMatchObject({
    document: { graph: { nodes: words("of the file").nodes } },
  });
});

test("A file that only looks different, or is gone, is simply written; one that is no graph is never joined", async () => {
  picked = join(root, "mine.json");
  await documents.saveAs(words("one"));
  await writeFile(picked, JSON.stringify({ ...words("one"), viewport: { x: 1, y: 1, zoom: 1 } }));
  expect(await save(words("two"))).toMatchObject({ answer: "saved" });
  await rm(picked);
  expect(await save(words("three"))).toMatchObject({ answer: "saved" });
  await writeFile(picked, "no graph at all");
  expect(await save(words("four"))).toMatchObject({ answer: "file-changed", canJoin: false });
  expect(await readFile(picked, "utf8")).toBe("no graph at all");
});

test("An example that is opened and not kept leaves no document, and is there again for the window that had it", async () => {
  await mkdir(join(root, "examples"));
  await writeFile(join(root, "examples", "product-clip.json"), serialise({ ...words("hi"), name: "Clip" }));
  const opened = await documents.openExample("product-clip");
  if (!opened.ok) throw new Error(said(opened.message));
  expect(await documents.list()).toEqual([]);
  const { graph, origin } = opened.document;
  const again = await documents.restore({ id: graph.id, origin });
  expect(again).toMatchObject({ graph: { id: graph.id, name: "Clip" }, revision: 0, origin });
});

test("Files that the system hands over wait for the window, which opens them in order and can name none itself", async () => {
  const told: string[] = [];
  documents.onChange(({ type }) => told.push(type));
  expect(await documents.openOffered()).toBeUndefined();
  const at = (name: string) => join(root, name);
  await writeFile(at("one.catwalk.json"), serialise({ ...words("one"), name: "One" }));
  await writeFile(at("broken.json"), "{");
  await mkdir(at("folder.json"));
  await writeFile(at("endless.json"), "");
  await truncate(at("endless.json"), 3 * 2 ** 40);
  documents.offerFiles([]);
  expect(told).toEqual([]);
  documents.offerFiles([at("one.catwalk.json"), at("broken.json")]);
  documents.offerFiles([at("folder.json"), at("gone.json"), at("endless.json")]);
  expect(told).toEqual(["files-offered", "files-offered"]);
  const opened = [];
  for (let count = 0; count < 6; count++) opened.push(await documents.openOffered());
  expect(opened).toMatchObject([
    { name: "one.catwalk.json", opened: { ok: true, document: { fileName: "one.catwalk.json" } } },
    { name: "broken.json", opened: { ok: false, code: "broken-json" } },
    { name: "folder.json", opened: { ok: false, message: "“folder.json” is not a file." } },
    { name: "gone.json", opened: { ok: false, code: "file-not-read" } },
    { name: "endless.json", opened: { ok: false, code: "too-large" } },
    undefined,
  ]);
  // As where it is chosen in a dialog, its relative files lie beside it.
  expect(await documents.folderOf(words("one").id)).toBe(root);
});

test("A window that comes back has its own document, whatever another one opened since", async () => {
  const other = { ...words("other"), id: "6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b11" };
  await keep(words("mine"));
  await keep(other);
  expect(await documents.restore()).toMatchObject({ graph: { id: other.id } });
  expect(await documents.restore({ id: words("mine").id })).toMatchObject({
    graph: { id: words("mine").id },
  });
});
