import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEditor } from "../../../src/editing/editor.ts";
import { forkEditor } from "../../../src/editing/fork.ts";
import { createFolder, makeClip, makeTone, recordClip } from "./media.ts";

const editor = createEditor({
  spawn: () => forkEditor(new URL("../../../src/editing/worker.ts", import.meta.url)),
});
let folder: Awaited<ReturnType<typeof createFolder>>;

const noise = () =>
  sharp({
    create: {
      ...{ width: 320, height: 240, channels: 3, background: "red" },
      noise: { type: "gaussian", mean: 128, sigma: 60 },
    },
  });

const makers: { readonly [name: string]: (path: string) => Promise<unknown> } = {
  "a.jpg": (path) => noise().jpeg().toFile(path),
  "progressive.jpg": (path) => noise().jpeg({ progressive: true }).toFile(path),
  "a.png": (path) => noise().png().toFile(path),
  "a.webp": (path) => noise().webp().toFile(path),
  "a.gif": (path) => noise().gif().toFile(path),
  "a.avif": (path) => noise().avif({ effort: 0 }).toFile(path),
  "a.mp4": (path) => makeClip(path),
  "a.mp3": (path) => makeTone(path, 5),
  "a.wav": (path) => makeTone(path, 2),
  "a.m4a": (path) => makeTone(path, 2),
};

beforeAll(async () => {
  folder = await createFolder();
});
afterAll(async () => {
  await editor.close();
  await folder.remove();
});

const look = (path: string) =>
  editor.probe(path, { whole: true }).then(
    () => "whole",
    ({ code }: { code: string }) => code,
  );

test.each(Object.keys(makers))("%s is whole as it is, and not when it was cut anywhere", async (name) => {
  const path = join(folder.path, name);
  await makers[name]?.(path);
  expect(await look(path)).toBe("whole");
  const bytes = await readFile(path);
  // A sound may lack some frames by its own count without anybody hearing it.
  const cuts = name === "a.mp3" ? [0.3, 0.5, 0.8] : [0.1, 0.3, 0.5, 0.8, 0.98, 1 - 2 / bytes.length];
  for (const part of cuts) {
    // Under a name of its own: what was read from a path is remembered.
    const cut = join(folder.path, `${part} ${name}`);
    await writeFile(cut, bytes.subarray(0, Math.floor(bytes.length * part)));
    expect([part, await look(cut)]).toEqual([part, expect.stringMatching(/^(incomplete|unreadable-input)$/)]);
  }
});

test("a JPEG without its end mark is cut, however well its scan decodes", async () => {
  const flat = sharp({ create: { width: 64, height: 64, channels: 3, background: "red" } });
  const bytes = await flat.jpeg().toBuffer();
  const path = join(folder.path, "without its end.jpg");
  await writeFile(path, bytes.subarray(0, -2));
  expect(await look(path)).toMatch(/^(incomplete|unreadable-input)$/);
  const thumbnail = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), bytes]);
  thumbnail.writeUInt16BE(bytes.length + 2, 2);
  const album = join(folder.path, "whole inside, cut itself.jpg");
  await writeFile(album, Buffer.concat([bytes.subarray(0, 2), thumbnail, bytes.subarray(2, -2)]));
  expect(await look(album)).toMatch(/^(incomplete|unreadable-input)$/);
});

test.each([
  ["zeros", Buffer.alloc(200_000)],
  ["what looks like one more scan", Buffer.from([0xff, 0xda, 0, 8, 1, 2, 3])],
  ["a start without an end", Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
])("a JPEG that is followed by %s is whole", async (what, after) => {
  const path = join(folder.path, `followed by ${what}.jpg`);
  await writeFile(path, Buffer.concat([await noise().jpeg({ progressive: true }).toBuffer(), after]));
  expect(await look(path)).toBe("whole");
});

test("a recording that says nowhere how long it is counts as whole", async () => {
  const clip = await makeClip(join(folder.path, "clip.mp4"));
  expect(await look(await recordClip(clip, join(folder.path, "recorded.mkv")))).toBe("whole");
});

test("whether a file is whole is only looked at when it is asked for: a person's cut photo still comes in", async () => {
  const path = join(folder.path, "cut.jpg");
  const bytes = await noise().jpeg().toBuffer();
  await writeFile(path, bytes.subarray(0, bytes.length / 2));
  expect(await editor.probe(path)).toMatchObject({ kind: "image", width: 320 });
});
