import { join } from "node:path";
import sharp from "sharp";
import type { Source } from "../../src/editing/probe.ts";
import { renderers } from "../../src/editing/render.ts";
import { addHalves, HALVES } from "./halves.ts";

/** The render process with one more operation. */
addHalves();
type HalvesJob = { readonly sources: ReadonlyMap<string, Source>; readonly workDir: string };

Object.assign(renderers, {
  [HALVES]: async ({ sources, workDir }: HalvesJob) => {
    const path = sources.get("image_0")?.path;
    const { width, height } = await sharp(path).metadata();
    const half = Math.floor(width / 2);
    // Given in another order than the ports have.
    return await Promise.all(
      (["right", "left"] as const).map(async (side) => {
        const file = join(workDir, `${side}.png`);
        const left = side === "left" ? 0 : width - half;
        await sharp(path).extract({ left, top: 0, width: half, height }).png().toFile(file);
        return { key: `${side}Half`, path: file };
      }),
    );
  },
});
await import("../../src/editing/worker.ts");
