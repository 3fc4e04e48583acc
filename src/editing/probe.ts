/** What a media file is, read from its bytes, never from its name. */
import { access, constants } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Demuxer } from "node-av/api";
import {
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_OPUS,
  AV_CODEC_ID_VORBIS,
  AV_CODEC_ID_VP8,
  AV_CODEC_ID_VP9,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
} from "node-av/constants";
import type { Stream } from "node-av/lib";
import sharp from "sharp";
import { EditFailure } from "./failure.ts";
import type { MediaFacts } from "./messages.ts";

/** Facts for rendering beside those for the person. Times in seconds, sizes as displayed (upright, square pixels). */
export type ImageSource = {
  readonly kind: "image";
  readonly path: string;
  readonly facts: MediaFacts;
  readonly format: string;
};
export type VideoSource = {
  readonly kind: "video";
  readonly path: string;
  readonly facts: MediaFacts;
  /** The demuxer that read it; naming it keeps a file from posing as a playlist that opens others. */
  readonly format: string;
  readonly startS: number;
  /** Always more than 0. */
  readonly durationS: number;
  readonly width: number;
  readonly height: number;
  /** Quarter turns clockwise to stand upright. */
  readonly turns: 0 | 1 | 2 | 3;
  readonly squarePixels: boolean;
  /** At most 60; files with a wild rate get 30. */
  readonly fps: { readonly num: number; readonly den: number };
  readonly hasAudio: boolean;
};
export type AudioSource = {
  readonly kind: "audio";
  readonly path: string;
  readonly facts: MediaFacts;
  readonly format: string;
  readonly startS: number;
  readonly durationS: number;
};
export type Source = ImageSource | VideoSource | AudioSource;

/**
 * Containers that hold their media themselves. Playlists (HLS, DASH, concat) are left out: they would make the
 * demuxer open whatever files and addresses they name.
 */
const containers = "mov,matroska,webm,avi,mp3,wav,ogg,aac,flac,mpegts,flv,aiff,amr,caf,w64,asf,mpeg,m4v";

/** @throws EditFailure `unreadable-input` */
export async function probeSource(path: string): Promise<Source> {
  const name = basename(path);
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw new EditFailure("unreadable-input", `“${name}” is missing or may not be read.`, { cause: error });
  }
  return (await probeImage(path)) ?? (await probeStreams(path, name));
}

async function probeImage(path: string): Promise<ImageSource | undefined> {
  try {
    const { format, width, height, orientation = 1 } = await sharp(path).metadata();
    const turned = orientation >= 5;
    return {
      kind: "image",
      path,
      format,
      facts: {
        kind: "image",
        mimeType: format === "svg" ? "image/svg+xml" : `image/${format === "heif" ? "avif" : format}`,
        width: turned ? height : width,
        height: turned ? width : height,
      },
    };
  } catch {
    // Not an image; whether it is media at all is said by the demuxer's error.
    return undefined;
  }
}

async function probeStreams(path: string, name: string): Promise<VideoSource | AudioSource> {
  let input: Demuxer;
  try {
    input = await Demuxer.open(resolve(path), {
      options: { format_whitelist: containers, protocol_whitelist: "file" },
    });
  } catch (error) {
    throw new EditFailure(
      "unreadable-input",
      `“${name}” is no image, video or audio file that can be read; it may be damaged.`,
      { cause: error },
    );
  }
  await using _ = input;
  const picture = input.findBestStream(AVMEDIA_TYPE_VIDEO);
  const video =
    picture && !picture.hasDisposition(AV_DISPOSITION_ATTACHED_PIC) && picture.codecpar.width > 0
      ? picture
      : undefined;
  const audio = input.findBestStream(AVMEDIA_TYPE_AUDIO);
  const stream = video ?? audio;
  if (!stream)
    throw new EditFailure("unreadable-input", `“${name}” holds neither pictures nor sound that can be read.`);

  const format = input.formatName.split(",")[0] ?? input.formatName;
  const startS = Number.isFinite(input.startTime) ? input.startTime : 0;
  const durationS = await durationOf(input, stream, startS);
  const durationMs = Math.round(durationS * 1000);
  if (!video)
    return {
      kind: "audio",
      path,
      format,
      startS,
      durationS,
      facts: { kind: "audio", mimeType: mimeType(input, false), durationMs, hasAudio: true },
    };

  const turns = quarterTurns(video);
  const sar = sampleAspect(video);
  const codedWidth = Math.max(2, Math.round(video.codecpar.width * sar));
  const width = turns % 2 ? video.codecpar.height : codedWidth;
  const height = turns % 2 ? codedWidth : video.codecpar.height;
  const fps = frameRate(video);
  return {
    kind: "video",
    path,
    format,
    startS,
    durationS,
    width,
    height,
    turns,
    squarePixels: sar === 1,
    fps,
    hasAudio: audio !== undefined,
    facts: {
      kind: "video",
      mimeType: mimeType(input, true),
      width,
      height,
      durationMs,
      fps: Math.round((fps.num / fps.den) * 1000) / 1000,
      hasAudio: audio !== undefined,
    },
  };
}

/** Recordings made by browsers say nowhere how long they are; then their packets are counted, without decoding. */
async function durationOf(input: Demuxer, stream: Stream, startS: number): Promise<number> {
  const unit = stream.timeBase.num / stream.timeBase.den;
  if (stream.duration > 0n) return Number(stream.duration) * unit;
  if (input.duration > 0) return input.duration;
  let endS = 0;
  for await (const packet of input.packets(stream.index)) {
    if (packet) endS = Math.max(endS, Number(packet.pts + packet.duration) * unit);
    packet?.free();
  }
  return Math.max(endS - startS, SHORTEST_S);
}

/** A file of one frame without a length: shown as long as one frame at 25 per second. */
const SHORTEST_S = 0.04;

function sampleAspect({ sampleAspectRatio, codecpar }: Stream): number {
  const { num, den } = sampleAspectRatio.num > 0 ? sampleAspectRatio : codecpar.sampleAspectRatio;
  return num > 0 && den > 0 ? num / den : 1;
}

/**
 * Phones leave out frames, so the average lies a little under the rate they aimed at; that one plays smoothly. Far
 * above the average it is an artefact of the container or of interlacing.
 */
function frameRate({ avgFrameRate, rFrameRate }: Stream): VideoSource["fps"] {
  const average = rate(avgFrameRate);
  const aimed = rate(rFrameRate);
  if (aimed >= 1 && aimed <= 60 && (average < 1 || (aimed >= average && aimed <= average * 1.5)))
    return { num: rFrameRate.num, den: rFrameRate.den };
  if (average >= 1 && average <= 60) return { num: avgFrameRate.num, den: avgFrameRate.den };
  return { num: average > 60 ? 60 : 30, den: 1 };
}

const rate = ({ num, den }: { readonly num: number; readonly den: number }): number =>
  den > 0 ? num / den : 0;

/**
 * Reads the display matrix phones write: nine 32-bit numbers, the first two 16.16 fixed point cosine and sine.
 *
 * @see https://ffmpeg.org/doxygen/trunk/group__lavu__video__display.html
 */
function quarterTurns({ codecpar }: Stream): 0 | 1 | 2 | 3 {
  const matrix = codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
  if (!matrix || matrix.length < 8) return 0;
  const angle = Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0));
  const turns = (((Math.round(angle / (Math.PI / 2)) % 4) + 4) % 4) as 0 | 1 | 2 | 3; // modulo 4 of an integer
  return turns;
}

const audioMimeTypes: Readonly<Record<string, string>> = {
  mov: "audio/mp4",
  matroska: "audio/x-matroska",
  ogg: "audio/ogg",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  aac: "audio/aac",
  flac: "audio/flac",
};
const videoMimeTypes: Readonly<Record<string, string>> = {
  mov: "video/mp4",
  matroska: "video/x-matroska",
  ogg: "video/ogg",
  avi: "video/x-msvideo",
  mpegts: "video/mp2t",
  flv: "video/x-flv",
};
/** Matroska with nothing but these is WebM. */
const webmCodecs: readonly number[] = [
  AV_CODEC_ID_VP8,
  AV_CODEC_ID_VP9,
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_OPUS,
  AV_CODEC_ID_VORBIS,
];

function mimeType(input: Demuxer, isVideo: boolean): string {
  const format = input.formatName.split(",")[0] ?? "";
  if (format === "mov" && isVideo && input.metadata["major_brand"]?.trim() === "qt") return "video/quicktime";
  if (format === "matroska" && input.streams.every((stream) => webmCodecs.includes(stream.codecpar.codecId)))
    return isVideo ? "video/webm" : "audio/webm";
  return (isVideo ? videoMimeTypes[format] : audioMimeTypes[format]) ?? "application/octet-stream";
}
