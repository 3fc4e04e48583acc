import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeGraph, escapeMoviePath } from "../../../src/editing/encode.ts";
import { createFolder, makeTone } from "./media.ts";

let folder: Awaited<ReturnType<typeof createFolder>>;
beforeAll(async () => {
  folder = await createFolder();
});
afterAll(() => folder.remove());

test("a file of any name is found by an escaped path", async () => {
  const tone = await makeTone(join(folder.path, "tone.wav"), 0.1);
  const dir = join(folder.path, "names");
  await mkdir(dir);
  const awkward = fc.constantFrom(...("\\':[],;=@#%&*?\"`$ \t!(){}|<>~^+é日😀a1".match(/./gsu) ?? []));
  const name = fc
    .array(awkward, { minLength: 1, maxLength: 20 })
    .map((parts) => parts.join(""))
    .filter((each) => each.trim() !== "" && Buffer.byteLength(each) < 200);
  await fc.assert(
    fc.asyncProperty(name, async (each) => {
      const path = join(dir, `${each}.wav`);
      await copyFile(tone, path);
      const outputPath = join(folder.path, "copy.wav");
      await encodeGraph({ graph: `amovie=filename=${escapeMoviePath(path)}[out0]`, outputPath });
    }),
    { numRuns: 60 },
  );
});

test("what cannot be rendered leaves no file and names the reason", async () => {
  const dir = join(folder.path, "failures");
  await mkdir(dir);
  await writeFile(join(dir, "junk.mp4"), "no video at all");
  const graph = `movie=filename=${escapeMoviePath(join(dir, "junk.mp4"))}[out0]`;
  await expect(encodeGraph({ graph, outputPath: join(dir, "a.mp4") })).rejects.toThrow("Invalid data");
  await expect(encodeGraph({ graph: "sine=d=1[out0]", outputPath: join(dir, "a.png") })).rejects.toThrow(
    "nothing a",
  );
  await expect(encodeGraph({ graph: "sine=d=1[out0]", outputPath: join(dir, "a.xyz") })).rejects.toThrow(
    "Cannot write",
  );
  await expect(
    encodeGraph({ graph: "color=d=1,trim=start=5[out0]", outputPath: join(dir, "a.mp4") }),
  ).rejects.toThrow("empty");
  expect(await readdir(dir)).toEqual(["junk.mp4"]);
});

test("an abort ends an endless graph and leaves no file", async () => {
  const dir = join(folder.path, "aborted");
  await mkdir(dir);
  const abort = new AbortController();
  const encoding = encodeGraph({
    graph: "testsrc2=s=160x120:r=30[out0]",
    outputPath: join(dir, "endless.mp4"),
    signal: abort.signal,
    onProgress: ({ frames }) => {
      if (frames > 10) abort.abort(new Error("enough"));
    },
  });
  await expect(encoding).rejects.toThrow();
  expect(await readdir(dir)).toEqual([]);
});
