import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type GalleryQuery, type ResultNote, TEXT_SHOWN } from "../../src/library/ports/gallery.ts";
import type { Library } from "../../src/library/ports/library.ts";

import type { TestStore } from "./test-store.ts";

export function galleryConforms(store: TestStore): void {
  let folder: string;
  let library: Library;
  let seq = 0;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "catwalk-gallery-"));
    library = await store.open(folder);
    seq = 0;
    await library.runs.add({
      ...{ runId: "run", graphId: "g", graphName: "G", scope: "s", serverLabel: "Sandbox", startedAt: 1 },
      ...{ steps: 1, graphJson: "{}", planJson: "{}", optionsJson: "{}" },
    });
  });
  afterEach(async () => {
    await library.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A result whose bytes are in the library, written as the journal writes it. */
  async function made(sha256: string, change: Partial<ResultNote> = {}): Promise<void> {
    const { kind = "image", at = seq } = change;
    if (kind !== "text")
      await library.media.add({ sha256, kind, mimeType: `${kind}/x`, sizeBytes: 5 }, { kind: "person" }, at);
    const note: ResultNote = {
      ...{ sha256, kind, runId: "run", stepId: "n", graphId: "g", graphName: "Harbour", nodeId: "n" },
      ...{ nodeType: "generate", title: "Hero", reused: false, searchText: "", excerpt: "", at },
      ...{ runAt: at, place: 0, output: 0, ...change },
    };
    seq++;
    await library.journal.append([{ runId: "run", seq, at: 1, type: "step-phase", json: "{}" }], "now", {
      results: [note],
    });
  }

  const find = async (query: Partial<GalleryQuery> = {}) =>
    (await library.gallery.find({ limit: 100, ...query })).map(({ sha256 }) => sha256);

  test("results come by run, newest first, then by their place in it, and pages follow each other", async () => {
    for (let index = 0; index < 9; index++)
      await made(`sha-${index}`, {
        // Those of a run end in another order than they stand in.
        ...{ at: 100 - index, runAt: Math.floor(index / 3), place: index === 8 ? 0 : 1, output: 8 - index },
        graphId: index < 4 ? "g" : "h",
        kind: index % 2 === 0 ? "image" : "video",
        searchText: index === 7 ? "A Red ÉCLAIR by nano-banana" : "",
      });
    expect(await find({ limit: 3 })).toEqual(["sha-8", "sha-7", "sha-6"]);
    expect(await find({ text: "eclair banana hero harbour" })).toEqual(["sha-7"]);
    expect(await find({ graphId: "g", kind: "video" })).toEqual(["sha-3", "sha-1"]);
    const pages: string[] = [];
    let after: GalleryQuery["after"];
    do {
      const page = await library.gallery.find({ limit: 2, after });
      pages.push(...page.map(({ sha256 }) => sha256));
      after = page.length === 2 ? page.at(-1) : undefined;
    } while (after);
    expect(pages).toEqual(await find());
    // Made again by a newer run, a result goes there with its place.
    await made("sha-1", { at: 200, runAt: 3 });
    expect(await find({ limit: 2 })).toEqual(["sha-1", "sha-8"]);
  });

  test("what a graph took from an earlier result is shown with that graph, and not twice among all", async () => {
    await made("sha", { graphId: "first", at: 1 });
    await made("sha", { graphId: "second", reused: true, at: 2 });
    expect([await find(), await find({ graphId: "first" }), await find({ graphId: "second" })]).toEqual([
      ["sha"],
      ["sha"],
      ["sha"],
    ]);
    // Made again by the same node it is still one; taken again it stays what that node made.
    await made("sha", { graphId: "first", at: 3, runId: "run", title: "Hero again" });
    await made("sha", { graphId: "first", at: 4, reused: true, title: "Not this" });
    expect(await library.gallery.find({ limit: 9 })).toEqual([
      expect.objectContaining({ title: "Hero again", madeAt: 3 }),
    ]);
  });

  test("a text has no bytes elsewhere: it is listed by its beginning, read whole, and forgotten", async () => {
    const content = "Fog over the harbour. ".repeat(100);
    await made("picture", { at: 1 });
    await made("text", { kind: "text", content, at: 2 });
    expect([await find(), await find({ kind: "text" }), await find({ kind: "image" })]).toEqual([
      ["text", "picture"],
      ["text"],
      ["picture"],
    ]);
    const [listed] = await library.gallery.find({ kind: "text", limit: 1 });
    expect(listed).toMatchObject({ kind: "text", content: content.slice(0, TEXT_SHOWN) });
    expect(listed).not.toHaveProperty("mimeType");
    expect(await library.gallery.get(listed?.resultId ?? 0)).toMatchObject({ content });
    expect(await library.gallery.ofMedia("text")).toMatchObject({ content });
    await library.gallery.forget("text");
    expect(await find()).toEqual(["picture"]);
  });

  test("forgetting media takes its results and takes, and remembers which sandbox it came from", async () => {
    await made("sha");
    await library.media.add(
      { sha256: "sha", kind: "image", mimeType: "image/x", sizeBytes: 5 },
      { kind: "sandbox", scope: "sandbox-1" },
      1,
    );
    await library.media.add(
      { sha256: "cut", kind: "image", mimeType: "image/x", sizeBytes: 5 },
      { kind: "render", madeFrom: ["sha"] },
      2,
    );
    expect(await library.gallery.isBrought("sha")).toBe(true);
    await library.gallery.forget("sha");
    expect([await find(), await library.gallery.isBrought("sha")]).toEqual([[], false]);
    expect(await library.gallery.brought({ limit: 9 })).toEqual([]);
    // Else what was cut from it could leave for a real server.
    expect(await library.media.sandboxMakers("cut")).toEqual([["sandbox-1"]]);
  });

  test("media is needed by every run that is not at rest, by its graph, its plan or its results", async () => {
    const sha256 = "b".repeat(64);
    expect(await library.gallery.runsThatNeed(sha256)).toEqual([]);
    await library.journal.append(
      [{ runId: "run", seq: 1, at: 1, type: "output-stored", json: JSON.stringify({ media: { sha256 } }) }],
      "now",
    );
    expect(await library.gallery.runsThatNeed(sha256)).toEqual([{ runId: "run", graphName: "G" }]);
    await library.journal.append([{ runId: "run", seq: 2, at: 2, type: "run-settled", json: "{}" }], "now", {
      progress: { runId: "run", status: "done", settledAt: 2, done: 1, failed: 0 },
    });
    expect(await library.gallery.runsThatNeed(sha256)).toEqual([]);
  });
}
