import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { EditFailure } from "../../../src/editing/failure.ts";
import type { Library } from "../../../src/library/ports/library.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { createStudioMedia } from "../../../src/studio/media/media-store.ts";
import { createUploadFiles, type UploadFiles } from "../../../src/studio/media/upload-files.ts";
import { fileOf, graphOf, nodeOf } from "../../support/graph-builders.ts";

let root: string;
let folder: string;
let library: Library;
let uploads: UploadFiles;
let wholeLooks: string[];

beforeEach(async () => {
  wholeLooks = [];
  root = await mkdtemp(join(tmpdir(), "catwalk-uploads-"));
  folder = join(root, "graphs");
  await mkdir(join(folder, "media"), { recursive: true });
  library = await openLibrary(join(root, "home"));
  const media = createStudioMedia({
    library,
    clock: systemClock,
    // What the real one reads from the bytes; here the bytes say it themselves.
    editor: {
      probe: async (path, { whole = false } = {}) => {
        const text = await readFile(path, "utf8");
        if (whole) wholeLooks.push(text);
        if (whole && text.endsWith("cut")) throw new EditFailure("incomplete", "It stops.");
        if (!text.startsWith("image")) throw new Error("no media");
        return { kind: "image", mimeType: "image/png", width: 4, height: 3 };
      },
    },
  });
  uploads = createUploadFiles(library, media);
});
afterEach(async () => {
  await library.close();
  await rm(root, { recursive: true, force: true });
});

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function resolve(
  path: string | undefined,
  content = "image one",
  inFolder: string | undefined = folder,
) {
  const { path: _, ...file } = fileOf("photo.png", { sha256: sha256(content), mimeType: "image/png" });
  const graph = graphOf([nodeOf("photo", "upload", { file: path === undefined ? file : { ...file, path } })]);
  const { graph: resolved, problems } = await uploads.resolve(graph, inFolder);
  return { problems: problems.map((problem) => problem.code), file: resolved.nodes[0]?.data.params["file"] };
}

test("A file is found by its path in the graph's folder, and by its hash when it has gone", async () => {
  const path = join(folder, "media", "photo.png");
  await writeFile(path, "image one");
  expect((await resolve("media/photo.png")).problems).toEqual([]);
  await rm(path);
  expect((await resolve("media/photo.png")).problems).toEqual([]);
  expect((await resolve(undefined, "image one", undefined)).problems).toEqual([]);
  expect((await resolve("media/photo.png", "image two")).problems).toEqual(["file-missing"]);
});

test("A changed file is said, and the run uses it as it is now", async () => {
  await writeFile(join(folder, "photo.png"), "image now");
  const { problems, file } = await resolve("photo.png", "image before");
  expect(problems).toEqual(["file-changed"]);
  expect(file).toMatchObject({ sha256: sha256("image now"), path: "photo.png", width: 4 });
});

test("Nothing outside the graph's folder is read, by no path and no symlink", async () => {
  await writeFile(join(root, "secret.png"), "image secret");
  await symlink(join(root, "secret.png"), join(folder, "link.png"));
  await symlink(root, join(folder, "up"));
  const escapes = [
    "../secret.png",
    "media/../../secret.png",
    join(root, "secret.png"),
    "link.png",
    "up/secret.png",
  ];
  for (const path of [...escapes, "%2e%2e/secret.png", "..\\secret.png", "file:../secret.png"])
    expect(await resolve(path, "image secret"), path).toMatchObject({ problems: ["file-outside-folder"] });
  expect(await library.media.get(sha256("image secret"))).toBeUndefined();
});

test("A folder that is itself a symlink is the graph's folder all the same", async () => {
  await writeFile(join(folder, "photo.png"), "image one");
  await symlink(folder, join(root, "alias"));
  expect((await resolve("photo.png", "image one", join(root, "alias"))).problems).toEqual([]);
});

test("Without a folder no path is read", async () => {
  await writeFile(join(folder, "photo.png"), "image one");
  const graph = graphOf([
    nodeOf("photo", "upload", {
      file: fileOf("photo.png", { path: "photo.png", sha256: sha256("image one") }),
    }),
  ]);
  const { problems } = await uploads.resolve(graph, undefined);
  expect(problems.map((problem) => problem.code)).toEqual(["file-missing"]);
});

test("A folder, a file one may not read and a file that is no media are named", async () => {
  expect((await resolve("media", "image nowhere")).problems).toEqual(["file-unreadable"]);
  await writeFile(join(folder, "text.png"), "words");
  expect((await resolve("text.png", "words")).problems).toEqual(["file-type-unsupported"]);
  if (process.getuid?.() !== 0 && process.platform !== "win32") {
    await writeFile(join(folder, "locked.png"), "image locked");
    await chmod(join(folder, "locked.png"), 0);
    expect((await resolve("locked.png", "image locked")).problems).toEqual(["file-unreadable"]);
  }
});

const photoOf = (path: string | undefined, content = "image one", name = "photo.png") => {
  const { path: _, ...file } = fileOf(name, { sha256: sha256(content), mimeType: "image/png" });
  return path === undefined ? file : { ...file, path };
};

async function resolveRows(cells: readonly unknown[]) {
  const columns = [{ name: "photo", type: "image" }];
  const rows = cells.map((photo, index) => ({ key: `r${index}`, cells: { photo, words: "kept" } }));
  const { graph, problems } = await uploads.resolve(
    graphOf([nodeOf("t", "table", { columns, rows })]),
    folder,
  );
  return { node: graph.nodes[0], problems };
}

test("The files of a table's cells are found by the same rules, each once", async () => {
  await writeFile(join(folder, "media", "one.png"), "image one");
  await writeFile(join(folder, "media", "two.png"), "image two, changed");
  await writeFile(join(root, "secret.png"), "image secret");
  await symlink(join(root, "secret.png"), join(folder, "media", "link.png"));
  const { node, problems } = await resolveRows([
    photoOf("media/one.png"),
    photoOf("media/one.png"),
    photoOf("media/two.png", "image two", "two.png"),
    photoOf("media/link.png", "image secret", "link.png"),
    photoOf("media/gone.png", "image gone", "gone.png"),
    "",
  ]);
  const found = problems.map(({ code, nodeId, param }) => `${code} ${nodeId} ${param}`);
  expect(found.sort()).toEqual([
    "file-changed t rows.2.cells.photo",
    "file-missing t rows.4.cells.photo",
    "file-outside-folder t rows.3.cells.photo",
  ]);
  expect(node?.data.params["rows"]).toMatchObject([
    { key: "r0", cells: { photo: { sha256: sha256("image one") }, words: "kept" } },
    { key: "r1" },
    { key: "r2", cells: { photo: { sha256: sha256("image two, changed"), path: "media/two.png" } } },
    { key: "r3", cells: { photo: { sha256: sha256("image secret") } } },
    { key: "r4" },
    { key: "r5", cells: { photo: "" } },
  ]);
});

test("A hundred missing files of a table are told as twenty and a count", async () => {
  const cells = Array.from({ length: 100 }, (_, index) => photoOf(`media/${index}.png`, `image ${index}`));
  const { problems } = await resolveRows(cells);
  expect(problems).toHaveLength(21);
  expect(problems.at(-1)).toMatchObject({
    severity: "error",
    message: "80 more files of the table have faults like these.",
  });
});

test("A cell's path may go back and forth inside the folder, and not out of it", async () => {
  await writeFile(join(folder, "media", "photo.png"), "image one");
  const inside = ["media/../media/photo.png", "media//photo.png", "./media/./photo.png"];
  const outside = ["media/../../graphs/media/photo.png", "../photo.png"];
  const { files, faults } = await uploads.take([...inside, ...outside], folder);
  expect([...files.keys()].sort()).toEqual(inside.toSorted());
  expect(outside.map((path) => faults.get(path)?.code)).toEqual(outside.map(() => "file-outside-folder"));
});

test("A file that is not taken is called by its bytes, not by its name", async () => {
  const bytes = { "none.jpg": "", "phone.jpg": "\0\0\0\u0018ftypheic", "web.png": "\0\0\0\u0018ftypavif" };
  for (const [name, content] of Object.entries(bytes)) await writeFile(join(folder, name), content);
  const { faults } = await uploads.take(Object.keys(bytes), folder);
  expect(Object.keys(bytes).map((name) => faults.get(name)?.message)).toEqual([
    "“none.jpg” is empty.",
    "“phone.jpg” is HEIC inside, whatever its name says, a kind that is not taken.",
    "“web.png” is AVIF inside, whatever its name says, a kind that is not taken.",
  ]);
});

test("A file without its end is left out of what is taken for a table, and named", async () => {
  await writeFile(join(folder, "cut.png"), "image cut");
  await writeFile(join(folder, "whole.png"), "image whole");
  const { files, faults } = await uploads.take(["cut.png", "whole.png"], folder);
  expect([...files.keys()]).toEqual(["whole.png"]);
  expect(faults.get("cut.png")).toMatchObject({
    code: "file-incomplete",
    message: expect.stringContaining("Only a part of the picture “cut.png” is here"),
  });
});

test("A cell without its file's end stops the run with its row; an Upload's own photo is only warned of", async () => {
  await writeFile(join(folder, "cut.png"), "image cut");
  const file = fileOf("cut.png", { sha256: sha256("image cut"), mimeType: "image/png", path: "cut.png" });
  const columns = [{ name: "photo", type: "image" }];
  const rows = [{ key: "shoe", cells: { photo: file } }];
  const graph = graphOf([nodeOf("one", "upload", { file }), nodeOf("many", "table", { columns, rows })]);
  const first = await uploads.resolve(graph, folder);
  expect(first.problems).toMatchObject([
    { nodeId: "one", code: "file-incomplete", severity: "warning" },
    {
      nodeId: "many",
      code: "file-incomplete",
      severity: "error",
      message: expect.stringMatching(/^Row “shoe”: only a part/),
      param: "rows.0.cells.photo",
    },
  ]);
  expect(await uploads.resolve(graph, folder)).toEqual(first);
  expect(wholeLooks).toEqual(["image cut"]);
});
