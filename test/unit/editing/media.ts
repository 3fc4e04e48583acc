import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Demuxer, Muxer } from "node-av/api";
import { AV_PKT_DATA_DISPLAYMATRIX } from "node-av/constants";
import sharp from "sharp";
import { encodeGraph, escapeMoviePath } from "../../../src/editing/encode.ts";

/** A folder of its own for a test file; `remove` when done. */
export async function createFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "catwalk editing "));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

export type ClipOptions = {
  readonly size?: string;
  readonly fps?: number;
  readonly seconds?: number;
  readonly sound?: boolean;
  /** Frames for which this expression of FFmpeg's `select` is 0 are left out. */
  readonly drop?: string;
  /** Pixel format, default yuv420p. */
  readonly pixels?: string;
  /** Any video source of FFmpeg's, without size, rate and length. Default a moving test picture. */
  readonly picture?: string;
};

export async function makeClip(path: string, options: ClipOptions = {}): Promise<string> {
  const {
    size = "160x120",
    fps = 25,
    seconds = 1,
    sound = true,
    picture = "testsrc2",
    pixels = "yuv420p",
    drop = "1",
  } = options;
  const source = `${picture}${picture.includes("=") ? ":" : "="}s=${size}:r=${fps}:d=${seconds},select=${drop},format=${pixels}[out0]`;
  const tone = sound ? `;sine=frequency=440:d=${seconds}:sample_rate=48000[out1]` : "";
  await encodeGraph({ graph: source + tone, outputPath: path, video: { preset: "ultrafast" } });
  return path;
}

export async function makeTone(path: string, seconds = 1): Promise<string> {
  await encodeGraph({ graph: `sine=frequency=330:d=${seconds}:sample_rate=48000[out0]`, outputPath: path });
  return path;
}

/** Copies a clip and writes into it, as phones do, that it is to be shown turned a quarter clockwise. */
export async function turnClip(path: string, outputPath: string): Promise<string> {
  const matrix = Buffer.alloc(36);
  for (const [index, value] of [0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30].entries())
    matrix.writeInt32LE(value, index * 4);
  await using input = await Demuxer.open(path);
  await using output = await Muxer.open(outputPath);
  const lanes = new Map<number, number>();
  for (const stream of input.streams) {
    if (stream === input.video()) stream.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, matrix);
    lanes.set(stream.index, output.addStream(stream));
  }
  for await (const packet of input.packets())
    if (packet) await output.writePacket(packet, lanes.get(packet.streamIndex) ?? 0);
  return outputPath;
}

/** Copies a clip the way a live recording is written: nowhere does it say how long it is. */
export async function recordClip(path: string, outputPath: string): Promise<string> {
  const file = createWriteStream(outputPath);
  {
    await using input = await Demuxer.open(path);
    await using output = await Muxer.open(file, { format: "matroska", options: { live: true } });
    const lanes = new Map<number, number>();
    for (const stream of input.streams) {
      // MP4's tags mean nothing to Matroska.
      stream.codecpar.codecTag = 0;
      lanes.set(stream.index, output.addStream(stream));
    }
    for await (const packet of input.packets())
      if (packet) await output.writePacket(packet, lanes.get(packet.streamIndex) ?? 0);
  }
  if (!file.writableFinished) await once(file.end(), "finish");
  return outputPath;
}

export type Picture = {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue at a place given as shares of width and height. */
  at(x: number, y: number): readonly [number, number, number];
};

/** The picture of an image, or of a video at a time. */
export async function readPicture(path: string, atS?: number): Promise<Picture> {
  let imagePath = path;
  if (atS !== undefined) {
    imagePath = `${path}.${atS}.png`;
    await encodeGraph({
      graph: `movie=filename=${escapeMoviePath(path)},trim=start=${atS},format=rgb24[out0]`,
      outputPath: imagePath,
    });
  }
  const { data, info } = await sharp(imagePath).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    at(x, y) {
      const column = Math.min(info.width - 1, Math.floor(x * info.width));
      const row = Math.min(info.height - 1, Math.floor(y * info.height));
      const index = (row * info.width + column) * info.channels;
      return [data[index] ?? 0, data[index + 1] ?? 0, data[index + 2] ?? 0];
    },
  };
}
