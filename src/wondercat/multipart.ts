import { randomUUID } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { failureOf, WondercatError } from "./failures.ts";

export type UploadFile = {
  readonly path: string;
  /** The file name the server sees. */
  readonly name: string;
  readonly mimeType: string;
  /** What the caller knows the size to be; another size on disk is a named failure. */
  readonly sizeBytes: number;
};

export type MultipartBody = AsyncDisposable & {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  /** Of the whole body. */
  readonly lengthBytes: number;
  /** Of so many body bytes sent, how many are the file's. */
  fileBytes(sentBytes: number): number;
};

const CHUNK_BYTES = 256 * 1024;

/**
 * One file as a multipart body, read from disk as the connection takes it: own framing instead of FormData, for the
 * progress and the check at the end. A file that shrinks, grows or is rewritten on the way fails the body before its
 * last boundary, so the server never takes a torn file for a whole one.
 *
 * @throws WondercatError `file_unreadable` or `file_changed`; the body fails with the latter as well.
 */
export async function openMultipart(file: UploadFile): Promise<MultipartBody> {
  const handle = await open(file.path).catch((cause: unknown) => {
    throw new WondercatError(failureOf("file_unreadable", file.name), { cause });
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new WondercatError(failureOf("file_unreadable", `${file.name} is not a file`));
    if (stat.size !== file.sizeBytes) throw changed(file);
    const boundary = `catwalk-${randomUUID()}`;
    const head = Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${escapeName(file.name)}"\r\n` +
        `Content-Type: ${mediaTypeOf(file.mimeType)}\r\n\r\n`,
    );
    const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
    const body = Readable.from(parts(handle, file, stat.mtimeMs, head, tail), { objectMode: false });
    // A body destroyed before it was read has nobody to tell; whoever reads it hears its errors as well.
    body.on("error", () => undefined);
    const lengthBytes = head.length + file.sizeBytes + tail.length;
    return {
      headers: {
        "content-type": `multipart/form-data; boundary=${boundary}`,
        "content-length": String(lengthBytes),
      },
      lengthBytes,
      body,
      fileBytes: (sentBytes) => Math.min(Math.max(sentBytes - head.length, 0), file.sizeBytes),
      async [Symbol.asyncDispose]() {
        body.destroy();
        await handle.close();
      },
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function* parts(
  handle: FileHandle,
  file: UploadFile,
  mtimeMs: number,
  head: Buffer,
  tail: Buffer,
): AsyncGenerator<Buffer> {
  yield head;
  for (let position = 0; position < file.sizeBytes; ) {
    const length = Math.min(CHUNK_BYTES, file.sizeBytes - position);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead === 0) throw changed(file);
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
  const stat = await handle.stat();
  if (stat.size !== file.sizeBytes || stat.mtimeMs !== mtimeMs) throw changed(file);
  yield tail;
}

function changed(file: UploadFile): WondercatError {
  return new WondercatError(failureOf("file_changed", file.name));
}

/** As browsers do it: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function escapeName(name: string): string {
  return name.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
}

function mediaTypeOf(mimeType: string): string {
  return /^[\w.+-]+\/[\w.+-]+$/.test(mimeType) ? mimeType : "application/octet-stream";
}
