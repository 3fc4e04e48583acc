/** Carries out the edit operations. Runs in the render process only. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeGraph } from "./encode.ts";
import { encodeVideo } from "./encode-job.ts";
import { audioChain, exactly, videoChain } from "./graphs.ts";
import type { VideoSource } from "./probe.ts";
import type { Job } from "./render-job.ts";

/** Raw frames held at once while reversing, in bytes. */
const REVERSE_BYTES = 160_000_000;

/**
 * Reversing holds every frame in memory, so a longer video is reversed piece by piece, last piece first, into
 * nearly lossless files that are then joined.
 */
export async function reverse(job: Job<"reverseVideo">, source: VideoSource): Promise<string> {
  const rate = source.fps.num / source.fps.den;
  const pieceFrames = Math.max(1, Math.floor(REVERSE_BYTES / (source.width * source.height * 1.5)));
  const pieces = Math.ceil((source.durationS * rate) / pieceFrames);
  const sound = source.hasAudio
    ? `${audioChain(source)},${exactly(source.durationS)},aformat=sample_fmts=s16,areverse[out1]`
    : false;
  if (pieces <= 1)
    return encodeVideo(job, {
      chains: [`${videoChain(source)},reverse[out0]`, sound],
      durationS: source.durationS,
    });

  const pieceS = pieceFrames / rate;
  const list = ["ffconcat version 1.0"];
  for (let piece = pieces - 1; piece >= 0; piece -= 1) {
    const name = `piece-${piece}.mp4`;
    const done = pieces - 1 - piece;
    await encodeGraph({
      graph: `${videoChain(source, { startS: piece * pieceS, endS: (piece + 1) * pieceS })},reverse[out0]`,
      outputPath: join(job.workDir, name),
      video: { crf: 10, preset: "ultrafast" },
      durationMs: pieceS * 1000,
      onProgress: ({ fraction, frames }) =>
        job.onProgress({ fraction: (done + fraction) / pieces / 2, frames: done * pieceFrames + frames }),
    });
    list.push(`file ${name}`);
  }
  const listPath = join(job.workDir, "pieces.ffconcat");
  await writeFile(listPath, `${list.join("\n")}\n`);
  const joined: VideoSource = {
    ...source,
    path: listPath,
    format: "concat",
    startS: 0,
    turns: 0,
    squarePixels: true,
  };
  return encodeVideo(
    {
      ...job,
      onProgress: ({ fraction, frames }) => job.onProgress({ fraction: 0.5 + fraction / 2, frames }),
    },
    { chains: [`${videoChain(joined)}[out0]`, sound], durationS: source.durationS },
  );
}
