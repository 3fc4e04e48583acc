import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import type { ImageSource } from "./probe.ts";
import { type Job, sizeOf } from "./render-job.ts";
import { drawText } from "./text.ts";

export async function overlayTextOnImage(image: ImageSource, job: Job<"textOverlay">): Promise<string> {
  const drawn = await drawText(job.text, sizeOf(image), job.params);
  const composed = sharp(image.path)
    .autoOrient()
    .composite([{ input: drawn.png, left: drawn.x, top: drawn.y }]);
  return writeInFormat(composed, image.format, job.workDir);
}

/** Keeps the input's format where it can be written; what cannot (SVG, GIF, TIFF) becomes PNG. */
export async function writeInFormat(image: Sharp, format: string, workDir: string): Promise<string> {
  const kept = image.keepIccProfile();
  if (format === "jpeg") return toFile(kept.jpeg({ quality: 92 }), join(workDir, "output.jpg"));
  if (format === "webp") return toFile(kept.webp({ quality: 92 }), join(workDir, "output.webp"));
  if (format === "heif") return toFile(kept.avif({ quality: 70 }), join(workDir, "output.avif"));
  return toFile(kept.png(), join(workDir, "output.png"));
}

async function toFile(image: Sharp, path: string): Promise<string> {
  await image.toFile(path);
  return path;
}
