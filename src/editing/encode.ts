/**
 * Runs one FFmpeg filtergraph to its end and writes what comes out as a file. Imports the FFmpeg bindings
 * (about 190 ms and 50 MB), so only processes that render import this file.
 */
import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { Decoder, Demuxer, Encoder, Muxer, Scaler } from "node-av/api";
import {
  AV_LOG_ERROR,
  AV_PIX_FMT_RGBA,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBMP3LAME,
  FF_ENCODER_LIBX264,
  FF_ENCODER_PCM_S16LE,
} from "node-av/constants";
import { Log } from "node-av/lib";
import sharp from "sharp";

// Encoders greet on stderr otherwise; what is left there is trouble worth keeping.
Log.setLevel(AV_LOG_ERROR);

export type EncodeRequest = {
  /**
   * A filtergraph without inputs: sources are `movie=`, `amovie=`, `testsrc2=`, `color=`, `sine=` and the like.
   * Its open ends are named `[out0]` and, with a second stream, `[out1]`; either may be video or audio. Put
   * paths in with `escapeMoviePath`. Bound endless sources (`d=`, `trim=`), or pass `durationMs`.
   */
  readonly graph: string;
  /**
   * The extension decides the format: `.mp4` (H.264, yuv420p, fast start, AAC), `.m4a` (AAC), `.mp3`,
   * `.wav` (16 bit PCM), or the first frame as `.png` (alpha kept if the graph ends in `format=rgba`), `.jpg`,
   * `.jpeg`, `.webp`; end such a graph with `format=rgb24` for exact colours. The file appears whole or not at all: it is
   * written beside under a hidden name ending in `.part`, then renamed over whatever was there.
   */
  readonly outputPath: string;
  /** `crf`: 0 (lossless) to 51, default 21. `preset`: x264's, default `veryfast`. */
  readonly video?: { readonly crf?: number; readonly preset?: string };
  /** Of AAC and MP3, default `160k`. */
  readonly audio?: { readonly bitrate?: string };
  /** At most ten times a second. `fraction` runs from 0 to 1, never backwards, and is 0 if `durationMs` is unknown. */
  readonly onProgress?: (progress: { readonly fraction: number; readonly frames: number }) => void;
  readonly signal?: AbortSignal;
  /** Expected length of the output, for progress alone. */
  readonly durationMs?: number;
};

export type EncodeResult = { readonly frames: number };

const stillExtensions = [".png", ".jpg", ".jpeg", ".webp"];

const containers = {
  ".mp4": { format: "mp4", video: FF_ENCODER_LIBX264, audio: FF_ENCODER_AAC },
  ".m4a": { format: "ipod", audio: FF_ENCODER_AAC },
  ".mp3": { format: "mp3", audio: FF_ENCODER_LIBMP3LAME },
  ".wav": { format: "wav", audio: FF_ENCODER_PCM_S16LE },
} as const;

/** @throws FFmpegError, or an Error that says what was missing; the signal's reason when aborted. */
export async function encodeGraph(request: EncodeRequest): Promise<EncodeResult> {
  const { outputPath, signal } = request;
  const partPath = join(dirname(outputPath), `.${basename(outputPath).slice(0, 60)}.${randomUUID()}.part`);
  try {
    const result = await writeGraph(request, partPath);
    signal?.throwIfAborted();
    await rename(partPath, outputPath);
    return result;
  } catch (error) {
    await rm(partPath, { force: true });
    throw error;
  }
}

async function writeGraph(request: EncodeRequest, partPath: string): Promise<EncodeResult> {
  const { graph, outputPath, signal } = request;
  const extension = extname(outputPath).toLowerCase();
  await using input = await Demuxer.open(graph, { format: "lavfi", ...(signal ? { signal } : {}) });
  const frames = stillExtensions.includes(extension)
    ? await writeStill(input, extension, partPath)
    : await writeStreams(input, extension, partPath, request);
  if (frames === 0) throw new Error("Nothing came out of the graph: the chosen part of the input is empty.");
  request.onProgress?.({ fraction: 1, frames });
  return { frames };
}

async function writeStill(input: Demuxer, extension: string, partPath: string): Promise<number> {
  const stream = input.video();
  if (!stream) throw new Error(`The graph gives nothing a ${extension} file can hold.`);
  using decoder = await Decoder.create(stream);
  for await (const packet of input.packets(stream.index)) {
    for await (const frame of decoder.frames(packet)) {
      if (!frame) continue;
      using scaler = new Scaler();
      const alpha = frame.format === AV_PIX_FMT_RGBA;
      const pixels = await scaler.toBuffer(frame, { format: alpha ? "rgba" : "rgb" });
      const image = sharp(pixels, {
        raw: { width: frame.width, height: frame.height, channels: alpha ? 4 : 3 },
      });
      if (extension === ".png") await image.png().toFile(partPath);
      else if (extension === ".webp") await image.webp({ quality: 90 }).toFile(partPath);
      else await image.jpeg({ quality: 92 }).toFile(partPath);
      frame.free();
      packet?.free();
      return 1;
    }
    packet?.free();
  }
  return 0;
}

async function writeStreams(
  input: Demuxer,
  extension: string,
  partPath: string,
  request: EncodeRequest,
): Promise<number> {
  const container: { format: string; video?: typeof FF_ENCODER_LIBX264; audio: AudioEncoder } | undefined =
    containers[extension as keyof typeof containers]; // a foreign key gives undefined, checked next
  if (!container) throw new Error(`Cannot write “${extension}” files.`);
  const videoStream = container.video ? input.video() : undefined;
  const audioStream = input.audio();
  if (!videoStream && !audioStream) throw new Error(`The graph gives nothing a ${extension} file can hold.`);

  using videoDecoder = videoStream ? await Decoder.create(videoStream) : null;
  using audioDecoder = audioStream ? await Decoder.create(audioStream) : null;
  using videoEncoder =
    videoDecoder && container.video
      ? await Encoder.create(container.video, {
          decoder: videoDecoder,
          options: { preset: request.video?.preset ?? "veryfast", crf: request.video?.crf ?? 21 },
        })
      : null;
  using audioEncoder = audioDecoder
    ? await Encoder.create(container.audio, {
        decoder: audioDecoder,
        // The lavfi device gives packed samples; AAC and MP3 want planar ones.
        autoResample: true,
        ...(extension === ".wav" ? {} : { bitrate: request.audio?.bitrate ?? "160k" }),
      })
    : null;

  await using output = await Muxer.open(partPath, {
    format: container.format,
    options: extension === ".mp4" || extension === ".m4a" ? { movflags: "+faststart" } : {},
  });
  const lanes = [
    { stream: videoStream, decoder: videoDecoder, encoder: videoEncoder },
    { stream: audioStream, decoder: audioDecoder, encoder: audioEncoder },
  ].flatMap(({ stream, decoder, encoder }) =>
    stream && decoder && encoder
      ? [{ stream, decoder, encoder, index: output.addStream(encoder), frames: 0 }]
      : [],
  );
  const report = throttle(request.onProgress, request.durationMs);

  for await (const packet of input.packets()) {
    request.signal?.throwIfAborted();
    for (const lane of lanes) {
      // A null packet ends every lane; decoders and encoders answer it with what they still hold, then null.
      if (packet !== null && packet.streamIndex !== lane.stream.index) continue;
      for await (const frame of lane.decoder.frames(packet)) {
        if (frame === null && packet !== null) continue;
        if (frame !== null) {
          lane.frames += 1;
          if (lane === lanes[0]) report(lane.frames, frame.pts, lane.stream.timeBase);
        }
        for await (const encoded of lane.encoder.packets(frame)) {
          if (encoded) await output.writePacket(encoded, lane.index);
          encoded?.free();
        }
        frame?.free();
      }
    }
    packet?.free();
  }
  return lanes[0]?.frames ?? 0;
}

type AudioEncoder = typeof FF_ENCODER_AAC | typeof FF_ENCODER_LIBMP3LAME | typeof FF_ENCODER_PCM_S16LE;

const REPORT_EVERY_MS = 100;

function throttle(onProgress: EncodeRequest["onProgress"], durationMs: number | undefined) {
  let last = -Infinity;
  let fraction = 0;
  return (frames: number, pts: bigint, timeBase: { num: number; den: number }) => {
    const now = performance.now();
    if (!onProgress || now - last < REPORT_EVERY_MS) return;
    last = now;
    if (durationMs) {
      const doneMs = (Number(pts) * timeBase.num * 1000) / timeBase.den;
      fraction = Math.max(fraction, Math.min(1, doneMs / durationMs));
    }
    onProgress({ fraction, frames });
  };
}

/**
 * A path as the value of `movie=filename=` or `amovie=filename=`. It is unescaped twice: once as a filter's
 * option (`\ ' :`), before that as part of a graph (`\ ' [ ] , ;`).
 *
 * @see https://ffmpeg.org/ffmpeg-filters.html#Notes-on-filtergraph-escaping
 */
export function escapeMoviePath(path: string): string {
  return path.replace(/[\\':]/g, "\\$&").replace(/[\\'[\],;]/g, "\\$&");
}
