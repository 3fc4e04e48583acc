/**
 * Rows as they lie in a database file, page by page, whatever else is broken: SQLite gives up at a damaged page, and
 * everything behind it is out of reach for it. @see https://sqlite.org/fileformat2.html
 */
export type RawValue = string | number | null | Buffer;

/** Rows of a table without row ids lie in its inner pages, too. */
const INDEX_INNER = 0x02;
const INDEX_LEAF = 0x0a;
const TABLE_LEAF = 0x0d;
const MOST_OVERFLOW_PAGES = 200_000;

/**
 * Every record of at least so many columns in the pages, stale ones among them: pages that are free keep what
 * they held.
 *
 * @param pageAt the page of this number, the first being 1; undefined beyond the end.
 */
export function* rawRecords(
  pages: Iterable<Buffer>,
  pageAt: (number: number) => Buffer | undefined,
  leastColumns: number,
): Generator<readonly RawValue[]> {
  for (const page of pages) {
    const kind = page[0];
    if (kind !== INDEX_INNER && kind !== INDEX_LEAF && kind !== TABLE_LEAF) continue;
    const cells = page.readUInt16BE(3);
    const pointers = kind === INDEX_INNER ? 12 : 8;
    for (let cell = 0; cell < cells && pointers + cell * 2 + 2 <= page.length; cell++) {
      try {
        const record = recordAt(page, page.readUInt16BE(pointers + cell * 2), kind, pageAt);
        if (record.length >= leastColumns) yield record;
      } catch (error) {
        // A number that points nowhere: this cell is not to be had, the next may be.
        if (!(error instanceof RangeError)) throw error;
      }
    }
  }
}

function recordAt(
  page: Buffer,
  offset: number,
  kind: number,
  pageAt: (number: number) => Buffer | undefined,
): RawValue[] {
  let at = kind === INDEX_INNER ? offset + 4 : offset; // before it stands the page on its left
  const next = () => {
    const [value, bytes] = varint(page, at);
    at += bytes;
    return value;
  };
  const size = next();
  if (kind === TABLE_LEAF) next(); // the row id
  const payload = payloadAt(page, at, size, kind, pageAt);
  return columnsOf(payload);
}

/** What does not fit into the page goes on in a chain of others. */
function payloadAt(
  page: Buffer,
  at: number,
  size: number,
  kind: number,
  pageAt: (number: number) => Buffer | undefined,
): Buffer {
  const usable = page.length;
  const most = kind === TABLE_LEAF ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  if (size <= most) return slice(page, at, size);
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((size - least) % (usable - 4));
  const here = fitting <= most ? fitting : least;
  const parts = [slice(page, at, here)];
  let left = size - here;
  let number = page.readUInt32BE(at + here);
  for (let turn = 0; left > 0; turn++) {
    const overflow = pageAt(number);
    if (!overflow || turn > MOST_OVERFLOW_PAGES) throw new RangeError("The chain of pages is broken.");
    const part = slice(overflow, 4, Math.min(left, overflow.length - 4));
    parts.push(part);
    left -= part.length;
    number = overflow.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

function columnsOf(payload: Buffer): RawValue[] {
  const [headerBytes, first] = varint(payload, 0);
  if (headerBytes > payload.length) throw new RangeError("The header is longer than the record.");
  const values: RawValue[] = [];
  let body = headerBytes;
  for (let at = first; at < headerBytes; ) {
    const [type, bytes] = varint(payload, at);
    at += bytes;
    const [value, size] = valueAt(payload, body, type);
    values.push(value);
    body += size;
  }
  return values;
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8];

function valueAt(payload: Buffer, at: number, type: number): [RawValue, number] {
  if (type === 0) return [null, 0];
  if (type === 7) return [payload.readDoubleBE(at), 8];
  if (type === 8 || type === 9) return [type - 8, 0];
  const integerBytes = INTEGER_BYTES[type];
  if (integerBytes !== undefined) return [integerAt(payload, at, integerBytes), integerBytes];
  if (type < 12) throw new RangeError("No such type of value.");
  const size = Math.floor((type - 12) / 2);
  const bytes = slice(payload, at, size);
  return [type % 2 === 0 ? bytes : bytes.toString("utf8"), size];
}

function integerAt(payload: Buffer, at: number, bytes: number): number {
  return bytes === 8 ? Number(payload.readBigInt64BE(at)) : payload.readIntBE(at, bytes);
}

/** 1 to 9 bytes, seven bits in each but the last. Larger than 2^53 is no size and no type. */
function varint(bytes: Buffer, at: number): [value: number, bytes: number] {
  let value = 0;
  for (let index = 0; index < 8; index++) {
    const byte = bytes.readUInt8(at + index);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, index + 1];
  }
  return [value * 256 + bytes.readUInt8(at + 8), 9];
}

function slice(bytes: Buffer, at: number, size: number): Buffer {
  if (size < 0 || at + size > bytes.length) throw new RangeError("It reaches beyond the end.");
  return bytes.subarray(at, at + size);
}
