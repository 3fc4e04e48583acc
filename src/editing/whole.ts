/** Whether the bytes of a media file go to its end: a download that was cut at a clean close looks whole to HTTP. */
import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { Demuxer } from "node-av/api";
import sharp from "sharp";
import { EditFailure } from "./failure.ts";
import type { AudioSource, ImageSource, Source, VideoSource } from "./probe.ts";

/**
 * Pictures are decoded, containers are measured by the lengths they state themselves, sound without such lengths by
 * its own count. What states no end is taken as whole.
 *
 * @throws EditFailure `incomplete`
 */
export async function checkWhole(source: Source): Promise<void> {
  const isWhole = source.kind === "image" ? await isWholePicture(source) : await isWholeRecording(source);
  if (!isWhole)
    throw new EditFailure("incomplete", `The ${source.kind} stops before its end: a part of it is missing.`);
}

async function isWholePicture({ path, format }: ImageSource): Promise<boolean> {
  // Not every build can decode what is in one, and its boxes say exactly how long it is.
  if (format === "heif") return await measured(path, boxesFit);
  try {
    // Reads every row, and is quick for JPEG, which it decodes small.
    await sharp(path, { failOn: "truncated", limitInputPixels: false, pages: format === "gif" ? -1 : 1 })
      .resize(64, 64, { fit: "fill" })
      .raw()
      .toBuffer();
  } catch {
    return false;
  }
  // A decoder may forgive a missing end mark.
  const hasEnd = endMarks[format];
  return hasEnd === undefined || (await measured(path, hasEnd));
}

const endMarks: { readonly [format: string]: (file: FileHandle, sizeBytes: number) => Promise<boolean> } = {
  png: hasPngEnd,
  jpeg: hasJpegEnd,
};

/**
 * Segments say how long they are, scans end at the next marker, and what follows the end mark is no harm.
 *
 * @see ITU-T T.81, B.1.1
 */
async function hasJpegEnd(file: FileHandle, sizeBytes: number): Promise<boolean> {
  const END = 0xd9;
  for (let position = 2; position < sizeBytes; ) {
    const marker = await nextMarker(file, position);
    if (marker === undefined) return false;
    if (marker.code === END) return true;
    const length = await bytesAt(file, marker.endsAt, 2);
    if (length.length < 2) return false;
    position = marker.endsAt + Math.max(2, length.readUInt16BE());
  }
  return false;
}

/** The next marker that has a length or ends the picture. In a scan 0xFF stands before a zero, or as a restart mark. */
async function nextMarker(
  file: FileHandle,
  from: number,
): Promise<{ readonly code: number; readonly endsAt: number } | undefined> {
  const isMarker = (code: number) => code > 0x01 && code !== 0xff && !(code >= 0xd0 && code <= 0xd7);
  for (let position = from; ; ) {
    const bytes = await bytesAt(file, position, SCANNED_AT_ONCE);
    if (bytes.length < 2) return undefined;
    for (let at = bytes.indexOf(0xff); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
      const code = bytes[at + 1] ?? 0;
      if (isMarker(code)) return { code, endsAt: position + at + 2 };
    }
    // The last byte may be the first of a marker.
    position += bytes.length - 1;
  }
}

const SCANNED_AT_ONCE = 64 * 1024;

/** By the demuxer that read it; others have nothing to be measured by. */
const measures: { readonly [format: string]: (file: FileHandle, sizeBytes: number) => Promise<boolean> } = {
  mov: async (file, sizeBytes) => (await boxesFit(file, sizeBytes)) && (await hasMedia(file, sizeBytes)),
  matroska: segmentFits,
  wav: riffFits,
  avi: riffFits,
  ogg: lastPageFits,
};
/** Their heads count the samples or frames to come. */
const counted: readonly string[] = ["mp3", "flac"];

async function isWholeRecording(source: VideoSource | AudioSource): Promise<boolean> {
  const { path, format } = source;
  const measure = measures[format];
  if (measure) return await measured(path, measure);
  return !counted.includes(format) || (await lastsAsLongAsItSays(source));
}

async function measured(
  path: string,
  measure: (file: FileHandle, sizeBytes: number) => Promise<boolean>,
): Promise<boolean> {
  const file = await open(path);
  try {
    return await measure(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

/** @returns as many of the bytes as there are */
async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Every PNG ends with this chunk. @see https://www.w3.org/TR/png-3/#11IEND */
async function hasPngEnd(file: FileHandle, sizeBytes: number): Promise<boolean> {
  // Some programs write more behind the end.
  const tail = await bytesAt(file, Math.max(0, sizeBytes - 64 * 1024), 64 * 1024);
  return tail.lastIndexOf("IEND\u00ae\u0042\u0060\u0082", undefined, "latin1") >= 0;
}

/**
 * MP4, MOV, M4A, AVIF and HEIC are boxes, each of which says how long it is.
 *
 * @see ISO/IEC 14496-12, 4.2
 */
async function boxesFit(file: FileHandle, sizeBytes: number): Promise<boolean> {
  for await (const { endsAt } of boxesOf(file, sizeBytes)) if (endsAt > sizeBytes) return false;
  return true;
}

async function* boxesOf(
  file: FileHandle,
  sizeBytes: number,
): AsyncGenerator<{ readonly type: string; readonly endsAt: number }> {
  for (let position = 0; position < sizeBytes; ) {
    const head = await bytesAt(file, position, 16);
    const type = head.toString("latin1", 4, 8);
    const short = head.length < 8 ? 1 : head.readUInt32BE(0);
    // 0: to the end of the file, wherever that is. 1: its length stands behind its type.
    const length = short === 0 ? sizeBytes - position : short === 1 ? longLength(head) : short;
    // Something that is no box behind the last one takes nothing away from it.
    if (length < 8) return;
    position += length;
    yield { type, endsAt: position };
  }
}

/** One whose head is cut never ends. */
function longLength(head: Buffer): number {
  return head.length < 16 ? Number.POSITIVE_INFINITY : Number(head.readBigUInt64BE(8));
}

/** One that was cut between two boxes has none of the box that holds the media itself. */
async function hasMedia(file: FileHandle, sizeBytes: number): Promise<boolean> {
  for await (const { type } of boxesOf(file, sizeBytes)) if (type === "mdat") return true;
  return false;
}

/** An element of Matroska begins with an id and a length; the segment holds everything but the head. */
async function segmentFits(file: FileHandle, sizeBytes: number): Promise<boolean> {
  for (let position = 0, elements = 0; position < sizeBytes && elements < 16; elements++) {
    const head = await bytesAt(file, position, 12);
    const idLength = Math.clz32(head[0] ?? 0) - 23;
    const sizeLength = Math.clz32(head[idLength] ?? 0) - 23;
    if (idLength > 4 || sizeLength > 8) return position > 0;
    if (head.length < idLength + sizeLength) return false;
    let length = 0n;
    for (let at = 0; at < sizeLength; at++) {
      const byte = head[idLength + at] ?? 0;
      length = (length << 8n) | BigInt(at === 0 ? byte & (0xff >> sizeLength) : byte);
    }
    const isUnknown = length === (1n << BigInt(7 * sizeLength)) - 1n;
    if (isUnknown) return true; // a recording that was written as it came
    position += idLength + sizeLength + Number(length);
    if (position > sizeBytes) return false;
  }
  return true;
}

/** The length of a RIFF stands in its head; programs that write into a pipe leave all ones or nothing there. */
async function riffFits(file: FileHandle, sizeBytes: number): Promise<boolean> {
  const head = await bytesAt(file, 0, 8);
  const length = head.length < 8 || head.toString("latin1", 0, 4) !== "RIFF" ? 0 : head.readUInt32LE(4);
  return length === 0 || length >= 0xffff_ff00 || length + 8 <= sizeBytes;
}

/** The last page of an Ogg says how long its segments are. @see RFC 3533, section 6 */
async function lastPageFits(file: FileHandle, sizeBytes: number): Promise<boolean> {
  const most = 64 * 1024 + 512;
  const tail = await bytesAt(file, Math.max(0, sizeBytes - most), most);
  const page = tail.subarray(Math.max(0, tail.lastIndexOf("OggS", undefined, "latin1")));
  const segments = page[26];
  if (segments === undefined || page.length < 27 + segments) return false;
  const length = page.subarray(27, 27 + segments).reduce((sum, each) => sum + each, 27 + segments);
  return length <= page.length;
}

/** Of a second and more there may be less without anything missing: heads count with padding. */
const SLACK_S = 0.5;

async function lastsAsLongAsItSays({ path, durationS, startS }: VideoSource | AudioSource): Promise<boolean> {
  await using input = await Demuxer.open(resolve(path), { options: { protocol_whitelist: "file" } });
  const [stream] = input.streams;
  if (!stream) return false;
  const unit = stream.timeBase.num / stream.timeBase.den;
  let endS = 0;
  for await (const packet of input.packets(stream.index)) {
    if (packet) endS = Math.max(endS, Number(packet.pts + packet.duration) * unit);
    packet?.free();
  }
  return endS - startS >= durationS * 0.98 - SLACK_S;
}
