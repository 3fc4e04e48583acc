import { readdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { shownResults } from "../../app/canvas/card-media.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { addHalves, HALVES } from "../support/halves.ts";
import { temporaryFolder } from "../support/sandbox.ts";
import { lookedAt, openTestStudio } from "../support/studio.ts";

beforeAll(addHalves);

/** A picture is cut in two here; each half is turned upside down by what it is wired to, and kept. */
const graph = graphOf(
  [
    nodeOf("picture", "generate", { family: "image", model: "z-image", prompt: "A harbour" }),
    nodeOf("cut", "edit", { operation: HALVES, via: "local" }),
    nodeOf("keep-left", "save", { name: "left" }),
    nodeOf("keep-right", "save", { name: "right" }),
  ],
  ["picture.out > cut.image_0", "cut.left > keep-left.in", "cut.right > keep-right.in"],
);

test("an edit with two results gives each to its own port, its card and the next run", {
  timeout: 120_000,
}, async () => {
  await using out = await temporaryFolder();
  await using studio = await openTestStudio({
    entries: {
      editor: new URL("../support/halves-worker.ts", import.meta.url),
      sandbox: new URL("../../src/sandbox/main.ts", import.meta.url),
    },
  });
  const run = async (folder: string) => {
    const looked = await lookedAt(studio, { graph });
    const { outcome, state } = await studio.runGraph({
      ...looked,
      outFolder: join(out.path, folder),
      publish: "skip",
    });
    const step = [...state.steps.values()].find(({ nodeId }) => nodeId === "cut");
    if (!step) throw new Error("The run has no cut.");
    return { outcome, step };
  };
  const { outcome, step } = await run("first");
  expect(outcome).toBe("done");
  expect(step.outputs.map(({ portId, value }) => [portId, value.type === "media" && value.kind])).toEqual([
    ["left", "image"],
    ["right", "image"],
  ]);
  const shown = shownResults(step.outputs);
  expect(shown.map(({ portId }) => portId)).toEqual(["left", "right"]);
  expect(new Set(shown.map(({ media }) => media?.sha256)).size).toBe(2);

  // The right bytes are at the right port: side by side they are the picture that was cut.
  const kept = (await readdir(join(out.path, "first"))).filter((name) => /^(left|right)\./.test(name));
  expect(kept).toHaveLength(2);
  const widths = await Promise.all(
    kept.map(async (name) => (await sharp(join(out.path, "first", name)).metadata()).width),
  );
  expect(widths[0]).toBe(widths[1]);

  const again = await run("again");
  expect(again.step.status).toEqual({ kind: "succeeded", cached: true });
  expect(again.step.outputs.map(({ portId }) => portId)).toEqual(["left", "right"]);
});
