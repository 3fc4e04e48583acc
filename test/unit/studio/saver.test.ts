import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { plainName } from "../../../src/studio/ground/plain-name.ts";
import { createSaver } from "../../../src/studio/media/saver.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "catwalk-saver-"));
  await writeFile(join(root, "bytes"), "media");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const saver = () =>
  createSaver(join(root, "out"), {
    pathOf: async (sha256) => (sha256 === "gone" ? undefined : join(root, "bytes")),
  });
const clip = { type: "media", kind: "video", sha256: "abc", mimeType: "video/mp4" } as const;

test("Results get the asked name, and a number where it is taken", async () => {
  const first = saver();
  expect(await first.save([clip, clip, { type: "text", text: "Hello" }], "Launch")).toEqual([
    "Launch.mp4",
    "Launch 2.mp4",
    "Launch.txt",
  ]);
  expect(await saver().save([clip], "Launch")).toEqual(["Launch 3.mp4"]);
  expect(await readFile(join(root, "out", "Launch.txt"), "utf8")).toBe("Hello");
  expect(first.saved.get("Hello")).toBe("Launch.txt");
});

test("Many results that ask for one name at once get a number each, and none is tried from the start", async () => {
  await writeFile(join(root, "bytes"), "media");
  const one = saver();
  const texts = Array.from({ length: 300 }, (_, at) => ({ type: "text", text: `Text ${at}` }) as const);
  const saved = await Promise.all(texts.map((text) => one.save([text], "Idea")));
  expect(saved.flat()).toEqual(texts.map((_, at) => (at === 0 ? "Idea.txt" : `Idea ${at + 1}.txt`)));
  expect(await readFile(join(root, "out", "Idea 300.txt"), "utf8")).toBe("Text 299");
});

test("A saver that resumes finds again what an earlier one has left, wherever its number stands", async () => {
  const texts = ["a", "b", "c"].map((text) => ({ type: "text", text }) as const);
  await saver().save(texts, "Idea");
  const later = createSaver(join(root, "out"), { pathOf: async () => undefined }, { resumes: true });
  expect(await later.save(texts.toReversed(), "Idea")).toEqual(["Idea 3.txt", "Idea 2.txt", "Idea.txt"]);
  expect(await readdir(join(root, "out"))).toHaveLength(3);
});

test("Bytes that are not in the library are said, and nothing is written", async () => {
  await expect(saver().save([{ ...clip, sha256: "gone" }], "Launch")).rejects.toMatchObject({
    code: "result-not-here",
  });
  expect(await readdir(join(root, "out"))).toEqual([]);
});

test("No name leads out of the folder", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.constantFrom("../up", "/etc/passwd", "C:\\x", "..", ".", "", "a/../../b", "CON", "nul.txt"),
      ),
      async (name) => {
        const plain = plainName(name);
        expect(plain).not.toMatch(/[\\/:*?"<>|]|^\.|[. ]$|^$/);
        const [fileName = ""] = await saver().save([{ type: "text", text: "x" }], name);
        expect(await readdir(join(root, "out"))).toContain(fileName);
      },
    ),
    { numRuns: 50 },
  );
  expect((await readdir(root)).sort()).toEqual(["bytes", "out"]);
});
