import { join } from "node:path";
import { encodeGraph } from "./encode.ts";
import { audioChain, exactly, mix, videoChain } from "./graphs.ts";
import type { VideoSource } from "./probe.ts";
import type { AnyJob, OnProgress } from "./render-job.ts";

export const gain = (percent: number): string => `volume=${(percent / 100).toFixed(4)}`;

/** A video's own sound as `[out1]`, if it has any. */
export function soundOf(source: VideoSource, part: { startS?: number; endS?: number } = {}): string | false {
  if (!source.hasAudio) return false;
  const lengthS = Math.min(part.endS ?? Infinity, source.durationS) - (part.startS ?? 0);
  return `${audioChain(source, part)},${exactly(lengthS)}[out1]`;
}

export function mixedSound(sources: readonly VideoSource[], durationS: number): string[] {
  const sounding = sources.filter((source) => source.hasAudio);
  if (sounding.length === 0) return [];
  return [
    ...sounding.map((source, index) => `${audioChain(source)},${exactly(durationS)}[a${index}]`),
    `${sounding.map((_, index) => `[a${index}]`).join("")}${mix(sounding.length, "longest")}[out1]`,
  ];
}

export async function encodeVideo(
  job: AnyJob,
  work: { readonly chains: readonly (string | false)[]; readonly durationS: number },
): Promise<string> {
  const outputPath = join(job.workDir, "output.mp4");
  await encodeGraph({
    graph: work.chains.filter(Boolean).join(";"),
    outputPath,
    onProgress: job.onProgress,
    durationMs: work.durationS * 1000,
  });
  return outputPath;
}

export async function encodeAudio(
  job: AnyJob,
  graph: string,
  extension: string,
  durationS: number,
): Promise<string> {
  const outputPath = join(job.workDir, `output${extension}`);
  await encodeGraph({
    graph,
    outputPath,
    onProgress: job.onProgress,
    durationMs: durationS * 1000,
  });
  return outputPath;
}

/** Writes the frame on show at a time; beyond the end, the last one. `maxSize` bounds the longer side. */
export async function encodeFrame(
  job: { readonly onProgress?: OnProgress },
  source: VideoSource,
  atS: number,
  outputPath: string,
  maxSize?: number,
): Promise<string> {
  const rate = source.fps.num / source.fps.den;
  const time = Math.min(atS, Math.max(0, source.durationS - 0.5 / rate));
  // From a little before, so that the last frame can be held if the file ends sooner than it says.
  const startS = Math.max(0, time - 1);
  const index = Math.floor((time - startS) * rate + 1e-6);
  const size = maxSize
    ? `,scale=min(iw\\,${maxSize}):min(ih\\,${maxSize}):force_original_aspect_ratio=decrease:flags=lanczos`
    : "";
  await encodeGraph({
    graph: `${videoChain(source, { startS, even: false })},tpad=stop=-1:stop_mode=clone,trim=start_frame=${index}${size},format=rgb24[out0]`,
    outputPath,
    ...(job.onProgress ? { onProgress: job.onProgress } : {}),
  });
  return outputPath;
}
