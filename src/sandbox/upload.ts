import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Busboy } from "@fastify/busboy";
import { EditFailure } from "../editing/failure.ts";
import { probeSource } from "../editing/probe.ts";
import { ApiError, invalid } from "./apiError.ts";
import { sniff } from "./sniff.ts";
import type { Media, State } from "./state.ts";

type Part = {
  readonly name: string;
  readonly declared: string;
  readonly path: string;
  readonly tooLarge: boolean;
};

export type UploadOutcome = {
  /** By part name. */
  readonly uploads: ReadonlyMap<string, Media>;
  /** By part name, why a part was not taken. */
  readonly errors: ReadonlyMap<string, string>;
};

const mostParts = 50;

/**
 * Streams a multipart body to disk, checks each file by its own bytes and takes those that are media.
 *
 * @throws ApiError 400 for a body that is no multipart form or ends early.
 */
export async function receiveUpload(
  incoming: IncomingMessage,
  deps: {
    readonly state: State;
    readonly accountId: string;
    readonly maxBytes: number;
    readonly now: () => number;
  },
): Promise<UploadOutcome> {
  const parts = await writeParts(incoming, deps.state.workFolder, deps.maxBytes);
  const uploads = new Map<string, Media>();
  const errors = new Map<string, string>();
  try {
    for (const part of parts) {
      const taken = part.tooLarge
        ? `File is larger than ${Math.floor(deps.maxBytes / 1_000_000)} MB`
        : await take(part, deps);
      if (typeof taken === "string") errors.set(part.name, taken);
      else uploads.set(part.name, taken);
    }
  } finally {
    await Promise.all(parts.map((part) => rm(part.path, { force: true })));
  }
  return { uploads, errors };
}

async function writeParts(incoming: IncomingMessage, folder: string, maxBytes: number): Promise<Part[]> {
  const contentType = incoming.headers["content-type"];
  if (!contentType?.toLowerCase().startsWith("multipart/form-data")) {
    throw invalid("Send the file as multipart/form-data");
  }
  const writes: Promise<Part>[] = [];
  const written: string[] = [];
  try {
    const form = Busboy({
      headers: { ...incoming.headers, "content-type": contentType },
      limits: { fileSize: maxBytes, files: mostParts },
    });
    form.on("file", (name, stream, _filename, _encoding, declared) => {
      const path = join(folder, `upload-${randomUUID()}`);
      written.push(path);
      const write = pipeline(stream, createWriteStream(path)).then(() => ({
        name,
        declared,
        path,
        tooLarge: stream.truncated === true,
      }));
      // Awaited below; a failure before that must not count as unhandled.
      write.catch(() => undefined);
      writes.push(write);
    });
    await pipeline(incoming, form);
    return await Promise.all(writes);
  } catch (error) {
    await Promise.allSettled(writes);
    await Promise.all(written.map((path) => rm(path, { force: true })));
    throw new ApiError(400, "The multipart body could not be read to its end", { cause: error });
  }
}

/** The part as media, or why not. */
async function take(
  part: Part,
  {
    state,
    accountId,
    now,
  }: { readonly state: State; readonly accountId: string; readonly now: () => number },
): Promise<Media | string> {
  const { size } = await stat(part.path);
  if (size === 0) return "File is empty";
  const file = await open(part.path);
  const head = Buffer.alloc(512);
  try {
    await file.read(head, 0, head.length, 0);
  } finally {
    await file.close();
  }
  const sniffed = sniff(head, part.declared);
  if (!sniffed) return "Unsupported MIME type";
  const mediaId = randomUUID();
  const name = `${mediaId}${sniffed.extension}`;
  const path = join(state.mediaFolder, name);
  await rename(part.path, path);
  try {
    const { facts } = await probeSource(path);
    // A container may hold only sound, whatever its first bytes suggest.
    const mimeType = facts.kind === sniffed.kind ? sniffed.mimeType : facts.mimeType;
    return state.addMedia({
      mediaId,
      accountId,
      file: name,
      kind: facts.kind,
      mimeType,
      sizeBytes: size,
      width: facts.width ?? null,
      height: facts.height ?? null,
      durationMs: facts.durationMs ?? null,
      fps: facts.fps ?? null,
      source: "user_upload",
      createdAt: now(),
    });
  } catch (error) {
    await rm(path, { force: true });
    if (error instanceof EditFailure) return "File is damaged or not the media it claims to be";
    throw error;
  }
}
