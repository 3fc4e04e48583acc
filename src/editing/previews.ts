/** Small pictures of media: posters and waveforms. Runs in the render process only. */
import { Decoder, Demuxer } from "node-av/api";
import sharp from "sharp";
import { encodeFrame } from "./encode-job.ts";
import { EditFailure } from "./failure.ts";
import { audioChain } from "./graphs.ts";
import { probeSource } from "./probe.ts";

/** A quarter into a video it shows what it is about, but never later than this, which is quick to reach. */
const POSTER_AT_MOST_S = 3;

/**
 * Writes a picture of an image or a video whose longer side is at most `maxSize` pixels; never enlarges. The
 * extension of `outputPath` decides the format: `.jpg`, `.jpeg`, `.png` or `.webp`.
 */
export async function writePoster(path: string, outputPath: string, maxSize: number): Promise<void> {
  const source = await probeSource(path);
  if (source.kind === "audio")
    throw new EditFailure("invalid-request", "Sound has no picture; ask for its waveform.");
  if (source.kind === "video") {
    await encodeFrame({}, source, Math.min(source.durationS / 4, POSTER_AT_MOST_S), outputPath, maxSize);
    return;
  }
  const small = sharp(path)
    .autoOrient()
    .resize(maxSize, maxSize, { fit: "inside", withoutEnlargement: true });
  const opaque = /\.jpe?g$/i.test(outputPath) ? small.flatten({ background: "#ffffff" }) : small;
  await opaque.toFile(outputPath);
}

const WAVEFORM_RATE = 8000;
/** Samples per peak kept while reading; the length of the file need not be known before. */
const WINDOW = 80;

/** Loudest sample of each of so many equal parts of a file's sound, 0 to 1. */
export async function readWaveform(path: string, buckets: number): Promise<number[]> {
  const source = await probeSource(path);
  if (source.kind === "image" || (source.kind === "video" && !source.hasAudio))
    throw new EditFailure("no-audio", "There is no sound to draw.");
  const graph = `${audioChain(source)},aformat=sample_fmts=s16:sample_rates=${WAVEFORM_RATE}:channel_layouts=mono[out0]`;
  await using input = await Demuxer.open(graph, { format: "lavfi" });
  const stream = input.audio();
  if (!stream) throw new EditFailure("no-audio", "There is no sound to draw.");
  using decoder = await Decoder.create(stream);
  const peaks: number[] = [];
  let inWindow = 0;
  let peak = 0;
  for await (const frame of decoder.frames(input.packets(stream.index))) {
    if (!frame) continue;
    const [bytes] = frame.data ?? [];
    for (let sample = 0; bytes && sample < frame.nbSamples; sample += 1) {
      peak = Math.max(peak, Math.abs(bytes.readInt16LE(sample * 2)));
      inWindow += 1;
      if (inWindow < WINDOW) continue;
      peaks.push(Math.min(1, peak / 32767));
      inWindow = 0;
      peak = 0;
    }
    frame.free();
  }
  return Array.from({ length: buckets }, (_, bucket) => {
    const from = Math.floor((bucket * peaks.length) / buckets);
    const until = Math.max(from + 1, Math.floor(((bucket + 1) * peaks.length) / buckets));
    return peaks.slice(from, until).reduce((most, each) => Math.max(most, each), 0);
  });
}
