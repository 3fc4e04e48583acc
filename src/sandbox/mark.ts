import { appendFile, open, readFile, writeFile } from "node:fs/promises";
import { crc32 } from "node:zlib";

/**
 * How media made by the sandbox is told apart from real media, so that it is never uploaded or published anywhere
 * else. Every file the sandbox makes carries this text once, in plain ASCII and uncompressed:
 *
 * | type | where it sits |
 * | --- | --- |
 * | JPEG | a comment segment right after the start-of-image marker |
 * | PNG | a `tEXt` chunk (keyword `Comment`) right after `IHDR` |
 * | WebP, WAV | a `CWLK` chunk at the end of the RIFF file |
 * | MP4, M4A | a `free` box at the end of the file |
 * | MP3 | an ID3v2.3 `TXXX` frame in a tag of its own at the start of the file |
 *
 * A file copied byte for byte keeps it. A file re-encoded elsewhere may lose it, so whoever edits sandbox media has
 * to remember where it came from.
 */
const mark = Buffer.from("catwalk-sandbox-media", "latin1");

/**
 * Whether these bytes carry the sandbox's mark. Give the whole file, or its first and its last 64 KiB in two calls:
 * the mark always lies in one of them.
 */
export function isSandboxMade(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(mark);
}

const uint32BE = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};
const uint32LE = (value: number): Buffer => uint32BE(value).reverse();
const ascii = (text: string): Buffer => Buffer.from(text, "latin1");

/** Inserted at `offset` of a file whose first bytes are those of the type. */
function insertion(mimeType: string): { readonly offset: number; readonly bytes: Buffer } | undefined {
  if (mimeType === "image/jpeg") {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(mark.length + 2);
    return { offset: 2, bytes: Buffer.concat([Buffer.from([0xff, 0xfe]), length, mark]) };
  }
  if (mimeType === "image/png") {
    const chunk = Buffer.concat([ascii("tEXtComment\0"), mark]);
    // Signature 8, then IHDR: length 4, type 4, data 13, checksum 4.
    return { offset: 33, bytes: Buffer.concat([uint32BE(chunk.length - 4), chunk, uint32BE(crc32(chunk))]) };
  }
  if (mimeType === "audio/mpeg") {
    const text = Buffer.concat([ascii("\0source\0"), mark]);
    const frame = Buffer.concat([ascii("TXXX"), uint32BE(text.length), Buffer.alloc(2), text]);
    // The tag's size is written in 7-bit bytes; ours stays below 128.
    return {
      offset: 0,
      bytes: Buffer.concat([ascii("ID3"), Buffer.from([3, 0, 0, 0, 0, 0, frame.length]), frame]),
    };
  }
  return undefined;
}

/**
 * Writes the mark into a file the sandbox made, in place.
 *
 * @throws Error for a type the sandbox never makes.
 */
export async function markFile(path: string, mimeType: string): Promise<void> {
  const insert = insertion(mimeType);
  if (insert) {
    const bytes = await readFile(path);
    await writeFile(
      path,
      Buffer.concat([bytes.subarray(0, insert.offset), insert.bytes, bytes.subarray(insert.offset)]),
    );
    return;
  }
  if (mimeType === "video/mp4" || mimeType === "audio/mp4") {
    await appendFile(path, Buffer.concat([uint32BE(mark.length + 8), ascii("free"), mark]));
    return;
  }
  if (mimeType === "audio/wav" || mimeType === "image/webp") {
    // RIFF chunks are padded to even lengths, and the file's head counts them.
    const padded = Buffer.concat([mark, Buffer.alloc(mark.length % 2)]);
    const file = await open(path, "r+");
    try {
      const { size } = await file.stat();
      const chunk = Buffer.concat([ascii("CWLK"), uint32LE(mark.length), padded]);
      await file.write(chunk, 0, chunk.length, size);
      await file.write(uint32LE(size + chunk.length - 8), 0, 4, 4);
    } finally {
      await file.close();
    }
    return;
  }
  throw new Error(`The sandbox has no place for its mark in ${mimeType}.`);
}
