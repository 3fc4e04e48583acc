import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, test } from "vitest";
import type { UploadFile } from "../../src/graph/document/files.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import type { Result } from "../../src/studio/contract.ts";
import type { Studio } from "../../src/studio/service.ts";
import { keepNow } from "../support/documents.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { examplesFolder, lookedAt, openTestStudio } from "../support/studio.ts";

type Home = { readonly home: string };

async function brought(studio: Studio): Promise<UploadFile> {
  const body = await readFile(join(examplesFolder, "media", "amber-serum.jpg"));
  const answer = await studio.handleMedia(
    new Request("http://studio/import?name=serum.jpg", { method: "POST", body }),
  );
  // What `MediaRoutes` promises.
  return (await answer.json()) as UploadFile;
}

/** A picture is made from a photo and a wired prompt, and cut here. */
const harbour = (file: UploadFile, id = "6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b11"): Graph => ({
  ...graphOf(
    [
      nodeOf("photo", "upload", { file }),
      nodeOf("words", "prompt", { text: "A quiet Härbour" }),
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "" }),
      nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
    ],
    ["photo.out > picture.reference_images", "words.out > picture.prompt", "picture.out > cut.image_0"],
  ),
  id,
  name: "Harbour",
});

const bytesOf = (result: Result | undefined) => (result?.kind === "text" ? undefined : result?.sizeBytes);

const run = async (studio: Studio & Home, graph: Graph) =>
  studio.runGraph({
    ...{ ...(await lookedAt(studio, { graph })), publish: "skip", outFolder: join(studio.home, "out") },
  });

test("Every result is in the gallery with its recipe, from which each input's own recipe is found", async () => {
  await using studio = await openTestStudio();
  const client = createRouterClient(studio.router, { context: {} });
  const file = await brought(studio);
  const { runId } = await run(studio, harbour(file));
  const results = async (query: Parameters<typeof client.gallery.list>[0]) => {
    const page = await client.gallery.list(query);
    return page.source === "made" ? page.results : [];
  };
  expect((await results({})).map(({ nodeId, kind }) => [nodeId, kind])).toEqual([
    ["cut", "image"],
    ["picture", "image"],
  ]);
  expect((await results({ text: "harbour nano" })).map(({ nodeId }) => nodeId)).toEqual(["picture"]);
  expect((await results({ text: "imagecrop", kind: "image" })).map(({ nodeId }) => nodeId)).toEqual(["cut"]);
  expect(await results({ kind: "video" })).toEqual([]);
  expect(await results({ graphId: "another" })).toEqual([]);
  const first = await client.gallery.list({ limit: 1 });
  expect((await results({ limit: 1, cursor: first.next ?? "" })).map(({ nodeId }) => nodeId)).toEqual([
    "picture",
  ]);

  const cut = (await results({})).at(0);
  const recipe = await client.gallery.recipe({ sha256: cut?.sha256 ?? "", resultId: cut?.resultId ?? 0 });
  expect(recipe).toMatchObject({
    ...{ kind: "made", isKnown: true, runIsThere: true, paid: false },
    result: { runId, graphName: "Harbour", width: expect.any(Number) },
    params: { operation: "imageCrop" },
    inputs: [{ portId: "image_0", media: { kind: "image" } }],
  });
  const source = recipe?.kind === "made" ? recipe.inputs[0]?.media?.sha256 : undefined;
  const made = await client.gallery.recipe({ sha256: source ?? "" });
  expect(made).toMatchObject({ kind: "made", paid: true, result: { nodeId: "picture" } });
  if (made?.kind !== "made") throw new Error("The picture has no recipe.");
  expect(made.estimateMicrodollars).toBeGreaterThan(0);
  expect(made.inputs).toEqual([
    { portId: "prompt", text: "A quiet Härbour" },
    { portId: "reference_images", media: { sha256: file.sha256, kind: "image" } },
  ]);
  expect(await client.gallery.recipe({ sha256: file.sha256 })).toMatchObject({
    kind: "brought",
    media: { sizeBytes: file.sizeBytes },
  });
  expect(await client.gallery.recipe({ sha256: "0".repeat(64) })).toBeUndefined();
  const uploads = await client.gallery.list({ source: "brought", among: [file.sha256] });
  expect(uploads).toMatchObject({ source: "brought", media: [{ sha256: file.sha256 }] });
  expect(await client.gallery.list({ source: "brought", among: [] })).toMatchObject({ media: [] });

  // The results outlive their run.
  await client.runs.remove({ runId });
  expect(await results({})).toHaveLength(2);
  const { result: _then, runIsThere, ...kept } = made;
  expect(runIsThere).toBe(true);
  expect(await client.gallery.recipe({ sha256: source ?? "" })).toMatchObject({
    ...kept,
    runIsThere: false,
    result: { graphName: "Harbour" },
  });
});

test("A text that a node wrote is in the gallery, is found by its words, and has its recipe and its end", async () => {
  await using studio = await openTestStudio();
  const client = createRouterClient(studio.router, { context: {} });
  const graph = graphOf(
    [
      nodeOf("words", "prompt", { text: "A quiet Härbour" }),
      nodeOf("text", "generate", { family: "text", model: "openrouter-completion", prompt: "" }),
    ],
    ["words.out > text.prompt"],
  );
  const { runId } = await run(studio, graph);
  const texts = async (query: Parameters<typeof client.gallery.list>[0] = {}) => {
    const page = await client.gallery.list({ kind: "text", ...query });
    return page.source === "made" ? page.results : [];
  };
  const [made] = await texts();
  // What a person typed into a Prompt is no result.
  expect(await texts()).toHaveLength(1);
  expect(made).toMatchObject({ nodeId: "text", excerpt: "A quiet Härbour", content: expect.any(String) });
  if (made?.kind !== "text") throw new Error("There is no text.");
  expect(await texts({ text: made.content.split(/\s+/).slice(-2).join(" ") })).toHaveLength(1);
  expect(await texts({ text: "zebra" })).toEqual([]);
  expect(await client.gallery.list({ kind: "image" })).toMatchObject({ results: [] });
  expect(await client.gallery.list({ source: "brought", kind: "text" })).toEqual({
    source: "brought",
    media: [],
  });

  const { sha256, resultId } = made;
  await client.runs.remove({ runId });
  expect(await client.gallery.recipe({ sha256, resultId })).toMatchObject({
    ...{ kind: "made", isKnown: true, runIsThere: false, paid: true },
    result: { kind: "text", content: made.content },
    inputs: [{ portId: "prompt", text: "A quiet Härbour" }],
  });
  expect(await client.gallery.removal({ sha256 })).toMatchObject({ paid: true, documents: 0, neededBy: [] });
  await client.gallery.remove({ sha256 });
  expect(await texts()).toEqual([]);
  expect(await client.takes.ofNode({ graphId: graph.id, nodeId: "text" })).toEqual([]);
});

test("Media is deleted by the person's hand alone, not while a run needs it, and what it cost is said before", async () => {
  await using studio = await openTestStudio({ sandbox: { speed: 1 } });
  const client = createRouterClient(studio.router, { context: {} });
  const file = await brought(studio);
  await keepNow(client, harbour(file));
  const { runId } = await client.runs.start(await lookedAt(client.graphs, { graph: harbour(file) }));
  expect(await client.gallery.removal({ sha256: file.sha256 })).toEqual({
    ...{ brought: true, paid: false, documents: 1, neededBy: ["Harbour"] },
  });
  await expect(client.gallery.remove({ sha256: file.sha256 })).rejects.toMatchObject({
    data: { code: "media-in-use" },
  });
  const bytes = (sha256: string) => studio.handleMedia(new Request(`http://studio/media/${sha256}`));
  expect((await bytes(file.sha256)).status).toBe(200);
  await client.runs.cancel({ runId });
  await expect.poll(async () => (await client.history.list({})).runs[0]?.status).toBe("cancelled");
  await client.gallery.remove({ sha256: file.sha256 });
  expect((await bytes(file.sha256)).status).toBe(404);
  expect(await client.gallery.list({ source: "brought" })).toMatchObject({ media: [] });
  await expect(client.gallery.remove({ sha256: "../../etc/passwd" })).rejects.toThrow();
});

test("Deleting a paid result takes its bytes, its poster and its place in the gallery, and nothing else", async () => {
  await using studio = await openTestStudio();
  const client = createRouterClient(studio.router, { context: {} });
  await run(studio, harbour(await brought(studio)));
  const page = await client.gallery.list({});
  const [cut, picture] = page.source === "made" ? page.results : [];
  if (!cut || !picture) throw new Error("There are no results.");
  const poster = join(studio.home, "cache", "posters", `${picture.sha256}.jpg`);
  await studio.handleMedia(new Request(`http://studio/media/${picture.sha256}/poster`));
  await access(poster);
  const removal = await client.gallery.removal({ sha256: picture.sha256 });
  expect(removal).toMatchObject({ paid: true, brought: false, neededBy: [] });
  expect(removal.estimateMicrodollars).toBeGreaterThan(0);
  await client.gallery.remove({ sha256: picture.sha256 });
  await expect(access(poster)).rejects.toThrow();
  expect(await client.gallery.list({})).toMatchObject({ results: [{ resultId: cut.resultId }] });
  expect(await client.gallery.list({})).not.toMatchObject({ results: [{}, {}] });
  expect((await client.history.list({})).runs).toHaveLength(1);
  expect((await studio.handleMedia(new Request(`http://studio/media/${cut.sha256}`))).status).toBe(200);

  // A run that needs it again does not take what is gone, and takes what is not.
  const file = await brought(studio);
  const { state } = await run(studio, harbour(file));
  const standing = (nodeId: string) =>
    [...state.steps.values()].find((step) => step.nodeId === nodeId)?.status;
  expect(standing("picture")).toEqual({ kind: "succeeded", cached: false });
  const again = await run(studio, harbour(file, "6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b12"));
  expect([...again.state.steps.values()].find(({ nodeId }) => nodeId === "picture")?.status).toEqual({
    kind: "succeeded",
    cached: true,
  });
  // What the second graph took is shown with it, and among all but once.
  const ofSecond = await client.gallery.list({ graphId: "6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b12" });
  expect(ofSecond).toMatchObject({ results: [{}, {}] });
  const all = await client.gallery.list({});
  expect(all.source === "made" && all.results.map(({ graphId }) => graphId)).toEqual(
    // The picture, what was cut from it, and the first cut, which nobody deleted.
    Array(3).fill("6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b11"),
  );
});

test("What fills the data folder is told by what it is, and previews can go", async () => {
  await using studio = await openTestStudio();
  const client = createRouterClient(studio.router, { context: {} });
  const file = await brought(studio);
  await run(studio, harbour(file));
  const page = await client.gallery.list({});
  const [cut, picture] = page.source === "made" ? page.results : [];
  const poster = () => studio.handleMedia(new Request(`http://studio/media/${cut?.sha256}/poster`));
  const size = (await (await poster()).arrayBuffer()).byteLength;
  const before = await client.storage.usage();
  expect(before).toMatchObject({
    uploads: { files: 1, bytes: file.sizeBytes },
    results: { files: 1, bytes: bytesOf(picture) },
    renders: { files: 1, bytes: bytesOf(cut) },
    previews: { files: 1, bytes: size },
  });
  expect(before.records.bytes).toBeGreaterThan(0);
  expect(before.sandbox.bytes).toBeGreaterThan(0);
  expect(await client.storage.clearPreviews()).toEqual({ freedBytes: size });
  expect(await client.storage.usage()).toMatchObject({
    previews: { files: 0, bytes: 0 },
    uploads: { files: 1 },
  });
  expect((await poster()).status).toBe(200);
});
