import { readFile } from "node:fs/promises";
import type { MakeRequest } from "./family.ts";

/** What a picture or clip shows, at the size asked for. */
export async function pictureOf({ prompt, seed, model, params, attachments }: MakeRequest, longSide: number) {
  const pictures = attachments.filter(({ kind }) => kind === "image");
  const references = await Promise.all(pictures.map((media) => readFile(media.path)));
  const asked = typeof params["aspectRatio"] === "string" ? params["aspectRatio"] : "9:16";
  const [first] = pictures;
  const own = first?.width && first.height ? `${first.width}:${first.height}` : "1:1";
  return { prompt, seed, model, references, ...sizeOf(asked === "auto" ? own : asked, longSide) };
}

/** Pixels of an aspect ratio such as `16:9` with a long side, both even; the short side is at least 64. */
function sizeOf(aspectRatio: string, longSide: number): { width: number; height: number } {
  const [w = 1, h = 1] = aspectRatio.split(":").map(Number);
  const even = (value: number): number => Math.max(64, Math.round(value / 2) * 2);
  return w >= h
    ? { width: even(longSide), height: even((longSide * h) / w) }
    : { width: even((longSide * w) / h), height: even(longSide) };
}
