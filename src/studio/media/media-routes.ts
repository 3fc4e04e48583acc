import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { isMissing } from "../../base/errors.ts";
import type { Editor } from "../../editing/editor.ts";
import { EditFailure } from "../../editing/failure.ts";
import { type Library, LibraryFailure, PRIVATE_FILE } from "../../library/index.ts";
import { english } from "../../words/english.ts";
import type { Said } from "../../words/message.ts";
import { writeFileAtomically } from "../ground/atomic-file.ts";
import { Refused } from "../ground/refused.ts";
import type { StudioMedia } from "./media-store.ts";

/** A hash and nothing else: no other path exists under `/media`. */
const mediaPath = /\/media\/([0-9a-f]{64})(\/poster|\/waveform)?$/;
const importPath = /\/import$/;

const POSTER_SIZE = 768;
const WAVEFORM_PEAKS = 240;

/** Bytes never change under their hash. */
const forGood = "private, max-age=31536000, immutable";

/** Answers the requests of `MediaRoutes`. Host, Origin and token are the host's to check before. */
export function createMediaRoutes(deps: {
  readonly library: Library;
  readonly media: StudioMedia;
  readonly editor: Pick<Editor, "poster" | "waveform">;
}): (request: Request) => Promise<Response> {
  const { library, media, editor } = deps;
  /** What is being drawn now: ten cards that show the same picture ask for it ten times. */
  const drawing = new Map<string, Promise<string>>();

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (importPath.test(pathname))
      return request.method === "POST" ? await take(request, searchParams) : notAllowed("POST");
    const [, sha256, view] = mediaPath.exec(pathname) ?? [];
    if (sha256 === undefined) return text(404, "There is nothing at this address.");
    if (request.method !== "GET" && request.method !== "HEAD") return notAllowed("GET, HEAD");
    const path = await library.files.pathOf(sha256);
    const facts = await library.media.get(sha256);
    if (path === undefined || !facts)
      return text(404, "This media is no longer in the library. Run the node that made it to have it again.");
    if (view === "/poster") {
      const poster = await drawn("posters", sha256, "jpg", (to) =>
        editor.poster(path, to, { maxSize: POSTER_SIZE }),
      );
      return await file(request, poster, "image/jpeg");
    }
    if (view === "/waveform") {
      const waveform = await drawn("waveforms", sha256, "json", async (to) => {
        const peaks = await editor.waveform(path, WAVEFORM_PEAKS);
        await writeFileAtomically(
          to,
          JSON.stringify({ peaks: peaks.map((peak) => Number(peak.toFixed(3))) }),
          { mode: PRIVATE_FILE },
        );
      });
      return new Response(await readFile(waveform, "utf8"), {
        headers: { ...safety, "content-type": "application/json", "cache-control": forGood },
      });
    }
    const name = searchParams.get("download");
    return await file(request, path, facts.mimeType, name === null ? undefined : name);
  }

  async function drawn(
    kind: "posters" | "waveforms",
    sha256: string,
    extension: string,
    draw: (path: string) => Promise<void>,
  ): Promise<string> {
    const name = `${kind} ${sha256}`;
    let work = drawing.get(name);
    if (!work) {
      work = (async () => {
        const path = await library.files.cachePath(kind, sha256, extension);
        if (!(await exists(path))) await draw(path);
        return path;
      })().finally(() => drawing.delete(name));
      drawing.set(name, work);
    }
    return await work;
  }

  async function take(request: Request, parameters: URLSearchParams): Promise<Response> {
    const name = fileName(parameters.get("name") ?? "");
    if (!request.body) return problem(400, "file-empty", "No bytes arrived.", "Choose the file again.");
    const sizeBytes = Number(request.headers.get("content-length") ?? "0");
    const body = attended(request.body);
    try {
      const taken = await media.importBytes(body.bytes, name, { signal: request.signal, sizeBytes });
      return Response.json(taken, { headers: safety });
    } catch (error) {
      if (error instanceof Refused) return problem(415, error.code, error.said, error.remedy);
      if (error instanceof LibraryFailure)
        return problem(error.code === "too-large" ? 413 : 507, error.code, error.said, error.remedy);
      if (!request.signal.aborted && !body.isBroken()) throw error;
      const message = "The import was stopped before the file was whole.";
      return problem(499, "cancelled", message, "Choose the file again.");
    } finally {
      await body.leave();
    }
  }

  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (error instanceof EditFailure) return text(422, error.message);
      if (error instanceof LibraryFailure)
        return text(507, english.told({ message: error.said, remedy: error.remedy }));
      throw error;
    }
  };
}

/**
 * A request's body, read as the web's stream it is: a stream of Node's that nobody reads yet would end the process when
 * the window goes.
 */
function attended(stream: ReadableStream<Uint8Array>): {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Whether the window went, or what it sent broke the protocol. */
  isBroken(): boolean;
  /** What is left of a body that was not read to its end is not waited for. */
  leave(): Promise<void>;
} {
  let isBroken = false;
  async function* bytes(): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* stream;
    } catch (error) {
      isBroken = true;
      throw error;
    }
  }
  return {
    bytes: bytes(),
    isBroken: () => isBroken,
    leave: () => stream.cancel().catch(() => undefined),
  };
}

/** Media may hold script (SVG does): nothing of it runs, wherever it is opened. */
const safety = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  "cross-origin-resource-policy": "same-origin",
} as const;

async function file(request: Request, path: string, mimeType: string, download?: string): Promise<Response> {
  const { size } = await stat(path);
  const headers: Record<string, string> = {
    ...safety,
    "content-type": mimeType,
    "accept-ranges": "bytes",
    "cache-control": forGood,
    ...(download === undefined ? {} : { "content-disposition": attachment(download) }),
  };
  const range = rangeOf(request.headers.get("range"), size);
  if (range === "unsatisfiable")
    return new Response(null, { status: 416, headers: { ...safety, "content-range": `bytes */${size}` } });
  const { start, end } = range ?? { start: 0, end: size - 1 };
  headers["content-length"] = String(end - start + 1);
  if (range) headers["content-range"] = `bytes ${start}-${end}/${size}`;
  const status = range ? 206 : 200;
  if (request.method === "HEAD" || size === 0) return new Response(null, { status, headers });
  const stream = createReadStream(path, { start, end });
  // A window that closes in mid-video ends the read, and the file with it.
  request.signal.addEventListener("abort", () => stream.destroy(), { once: true });
  // The DOM's stream type and Node's differ in name only.
  return new Response(Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>, { status, headers });
}

/** One range of bytes, as media players ask for it. Anything else gets the whole file, as the standard allows. */
function rangeOf(
  header: string | null,
  size: number,
): { readonly start: number; readonly end: number } | "unsatisfiable" | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size) return "unsatisfiable";
  return end < start ? undefined : { start, end };
}

function attachment(name: string): string {
  const plain = fileName(name);
  const ascii = plain.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(plain)}`;
}

/** The last part of a name, without what file systems stumble over. */
function fileName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
  return last.replace(/[\u0000-\u001f\u007f]/g, "").slice(-200) || "file";
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function notAllowed(allow: string): Response {
  return new Response(null, { status: 405, headers: { allow } });
}

function text(status: number, message: string): Response {
  return new Response(message, {
    status,
    headers: { ...safety, "content-type": "text/plain; charset=utf-8" },
  });
}

function problem(status: number, code: string, message: Said, remedy: Said): Response {
  return Response.json({ error: { code, message, remedy } }, { status, headers: safety });
}
