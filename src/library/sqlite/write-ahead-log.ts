import { readFileSync, statSync } from "node:fs";
import { endianness } from "node:os";

/**
 * SQLite's write-ahead log as bytes. @see https://sqlite.org/fileformat2.html#the_write_ahead_log
 */
type LoggedPage = { readonly number: number; readonly bytes: Buffer };

export type Log = {
  /** Every page of this generation of the log whose frame is there, oldest first, broken places or not. */
  readonly pages: readonly LoggedPage[];
  /** How many frames from the first on are whole and in order. */
  readonly soundFrames: number;
  /** Of this generation of the log; undefined where not even its header is whole. */
  readonly salt?: Buffer;
  /** Commits after the first broken frame: SQLite stops before it, and says nothing of them. */
  readonly lostCommits: number;
};

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

export function readLog(log: Buffer): Log {
  const magic = log.length < HEADER_BYTES ? 0 : log.readUInt32BE(0);
  if (magic !== 0x377f0682 && magic !== 0x377f0683) return { pages: [], soundFrames: 0, lostCommits: 0 };
  const bigEndian = magic === 0x377f0683;
  const pageBytes = log.readUInt32BE(8);
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  let sum = checksum([0, 0], log.subarray(0, 24), bigEndian);
  let isBroken = sum[0] !== log.readUInt32BE(24) || sum[1] !== log.readUInt32BE(28);
  const pages: LoggedPage[] = [];
  let soundFrames = 0;
  let lostCommits = 0;
  for (let at = HEADER_BYTES; at + frameBytes <= log.length; at += frameBytes) {
    // Frames of an earlier generation have other salts.
    const isOurs = log.subarray(at + 8, at + 16).equals(log.subarray(16, 24));
    const page = log.subarray(at + FRAME_HEADER_BYTES, at + frameBytes);
    if (!isBroken) {
      sum = checksum(checksum(sum, log.subarray(at, at + 8), bigEndian), page, bigEndian);
      isBroken = !isOurs || sum[0] !== log.readUInt32BE(at + 16) || sum[1] !== log.readUInt32BE(at + 20);
    }
    if (!isBroken) soundFrames++;
    if (!isOurs) continue;
    pages.push({ number: log.readUInt32BE(at), bytes: page });
    if (isBroken && log.readUInt32BE(at + 4) > 0) lostCommits++;
  }
  return { pages, soundFrames, salt: log.subarray(16, 24), lostCommits };
}

/** What SQLite notes of a log beside it, in memory that processes share and that a killed one leaves as a file. */
export type LogIndex = {
  /** How many frames of the log are committed. */
  readonly frames: number;
  readonly salt: Buffer;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
};

/** Undefined where there is none, or it was never begun. @see https://sqlite.org/walformat.html#wal_index_format */
export function readLogIndex(path: string): LogIndex | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return undefined;
  const index = readFileSync(path);
  const isBegun = index.length >= 48 && index[12] === 1;
  if (!isBegun) return undefined;
  const frames = endianness() === "LE" ? index.readUInt32LE(16) : index.readUInt32BE(16);
  return { frames, salt: index.subarray(32, 40), changedAt: stats.mtimeMs };
}

function checksum(from: readonly [number, number], bytes: Buffer, bigEndian: boolean): [number, number] {
  let [first, second] = from;
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    first = (first + (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + second) >>> 0;
    second = (second + (bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + first) >>> 0;
  }
  return [first, second];
}
