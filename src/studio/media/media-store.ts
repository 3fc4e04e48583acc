import { open, rm } from "node:fs/promises";
import type { Clock } from "../../base/clock.ts";
import type { MediaKind } from "../../base/media-kind.ts";
import type { Editor } from "../../editing/editor.ts";
import { EditFailure } from "../../editing/failure.ts";
import type { CarriesFailure, MediaStore, StoredMedia } from "../../engine/index.ts";
import type { UploadFile } from "../../graph/document/files.ts";
import {
  isOtherFormat,
  notTaken,
  uploadFormatsInWords,
  uploadTypeOfMime,
} from "../../graph/document/files.ts";
import {
  bytesOf,
  type Library,
  libraryFailure,
  type MediaFacts,
  type TakenBytes,
  type TakeOptions,
} from "../../library/index.ts";
import type { RemoteFailure } from "../../wondercat/types.ts";
import { Refused } from "../ground/refused.ts";
import type { Server } from "../server/connection.ts";
import { fileCarriesMark, unknownSandbox } from "../server/remote-server.ts";

/** The largest file a person may bring in, in bytes: 2 GiB. */
export const IMPORT_LIMIT_BYTES = 2 * 1024 ** 3;
const FETCH_LIMIT_BYTES = 4 * 1024 ** 3;
/** Of the library's settings: by hash, whether a file goes to its end. */
const WHOLE_SPACE = "whole-files";

export type StudioMedia = {
  /** The engine's view, for runs on this server. */
  storeFor(server: Server): MediaStore;
  /**
   * Takes bytes of the person's into the library.
   *
   * @param bytes opened by its first read: see `bytesOf`.
   * @param options.sizeBytes how many will come, where that is known: too many are refused before one is read.
   * @throws Refused `file-type-unsupported`; LibraryFailure; else what reading `bytes` threw.
   */
  importBytes(
    bytes: AsyncIterable<Uint8Array>,
    name: string,
    options?: { readonly sizeBytes?: number; readonly signal?: AbortSignal },
  ): Promise<UploadFile>;
  /**
   * Whether the bytes of this file go to their end. Looked at once for each hash, and remembered in the library.
   *
   * @returns true as well where nothing can be said.
   */
  isWhole(sha256: string): Promise<boolean>;
};

export function createStudioMedia(deps: {
  readonly library: Library;
  readonly editor: Pick<Editor, "probe">;
  readonly clock: Clock;
}): StudioMedia {
  const { library, editor, clock } = deps;
  const { files, media, settings } = library;

  /** What the bytes are, whoever says otherwise. @throws EditFailure */
  async function probed({ sha256, sizeBytes, path }: TakenBytes, whole: boolean): Promise<MediaFacts> {
    const { kind, mimeType, width, height, durationMs } = await editor.probe(path, { whole });
    return {
      sha256,
      kind,
      mimeType: uploadTypeOfMime(mimeType)?.mimeType ?? mimeType,
      sizeBytes,
      ...rounded({ width, height, durationMs }),
    };
  }

  async function known(bytes: TakenBytes): Promise<MediaFacts> {
    return (await media.get(bytes.sha256)) ?? (await probed(bytes, false));
  }

  const looks = new Map<string, Promise<boolean>>();

  async function lookForEnd(sha256: string): Promise<boolean> {
    const known = await settings.get(WHOLE_SPACE, sha256);
    if (typeof known === "boolean") return known;
    const path = await files.pathOf(sha256);
    if (path === undefined) return true;
    try {
      await editor.probe(path, { whole: true });
    } catch (error) {
      // A look that itself went wrong says nothing, and is not remembered.
      if (!(error instanceof EditFailure && error.code === "incomplete")) return true;
      await settings.set(WHOLE_SPACE, sha256, false);
      return false;
    }
    await settings.set(WHOLE_SPACE, sha256, true);
    return true;
  }

  /** Takes bytes in if `look` finds media in them. */
  async function takeMedia(
    bytes: AsyncIterable<Uint8Array>,
    look: (bytes: TakenBytes) => Promise<MediaFacts>,
    options: TakeOptions = {},
  ) {
    const found: MediaFacts[] = [];
    const { path } = await files.take(bytes, {
      ...options,
      accept: async (taken) => void found.push(await look(taken)),
    });
    const [facts] = found;
    if (!facts) throw new Error("The library took bytes without a look at them.");
    return { path, facts };
  }

  return {
    storeFor: (server) => ({
      async fetch(remote, { scope, promised, signal, onProgress }) {
        const earlier = await media.sha256Of(scope, remote.mediaId);
        const facts = earlier === undefined ? undefined : await media.get(earlier);
        // The server never changes what an id stands for.
        if (facts && (await files.pathOf(facts.sha256)) !== undefined)
          return { ...mediaValue(facts), mediaId: remote.mediaId };
        const download = await server.client.download(remote.url, { signal, maxBytes: FETCH_LIMIT_BYTES });
        const { path, facts: own } = await takeMedia(
          download.body,
          async (bytes) => {
            const judged = await probed(bytes, true).catch(async (error: unknown) => {
              signal.throwIfAborted();
              throw new UnfitResult(await unfitWords(bytes, promised, error), error);
            });
            if (promised.includes(judged.kind)) return judged;
            throw new UnfitResult(`The server sent ${withArticle[judged.kind]}, not ${oneOf(promised)}.`);
          },
          {
            limitBytes: FETCH_LIMIT_BYTES,
            signal,
            onProgress: (received) => onProgress(received, download.sizeBytes),
          },
        );
        const fromSandbox = server.isSandbox || (await fileCarriesMark(path));
        await media.add(own, { kind: fromSandbox ? "sandbox" : "server", scope }, clock.now());
        await media.addRemote({ scope, mediaId: remote.mediaId, sha256: own.sha256, at: clock.now() });
        return { ...mediaValue(own), mediaId: remote.mediaId };
      },
      async adopt(path, { madeFrom }) {
        const { facts } = await takeMedia(bytesOf(path), known);
        await media.add(facts, { kind: "render", madeFrom }, clock.now());
        await rm(path, { force: true });
        return mediaValue(facts);
      },
      sha256Of: (scope, mediaId) => media.sha256Of(scope, mediaId),
      pathOf: (sha256) => files.pathOf(sha256),
      has: (sha256) => files.has(sha256),
    }),

    async importBytes(bytes, name, { sizeBytes: announced = 0, signal } = {}) {
      if (announced > IMPORT_LIMIT_BYTES) throw libraryFailure("too-large");
      const options = { limitBytes: IMPORT_LIMIT_BYTES, ...(signal ? { signal } : {}) };
      const orRefused = async (taken: TakenBytes) =>
        await known(taken).catch(async (error: unknown) => {
          throw await unfitUpload(name, taken, error);
        });
      const { path, facts } = await takeMedia(bytes, orRefused, options);
      if (!uploadTypeOfMime(facts.mimeType)) throw unsupported(name);
      const marked = await fileCarriesMark(path);
      const sandboxKnown = (await media.sandboxMakers(facts.sha256)).length > 0;
      await media.add(facts, { kind: "person" }, clock.now());
      // Rendering it would lose the mark, so what it says is remembered.
      if (marked && !sandboxKnown)
        await media.add(facts, { kind: "sandbox", scope: unknownSandbox }, clock.now());
      const { kind, mimeType, sizeBytes, sha256, width, height, durationMs } = facts;
      return { name, sha256, sizeBytes, kind, mimeType, ...rounded({ width, height, durationMs }) };
    },

    isWhole(sha256) {
      const look = looks.get(sha256) ?? lookForEnd(sha256);
      looks.set(sha256, look);
      return look;
    },
  };
}

/** What was fetched is not the result. The server still has that one, so it is fetched again. */
class UnfitResult extends Error implements CarriesFailure {
  override readonly name = "UnfitResult";
  readonly failure: RemoteFailure;

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.failure = {
      code: "result_unfit",
      message,
      remedy: "Fetch it again.",
      retryable: true,
      cost: "none",
    };
  }
}

const withArticle: { readonly [K in MediaKind]: string } = {
  image: "an image",
  video: "a video",
  audio: "a sound",
};

function oneOf(kinds: readonly MediaKind[]): string {
  return [...new Set(kinds)].map((kind) => withArticle[kind]).join(" or ");
}

/** How bytes begin that servers and proxies send instead of media. */
const disguises: readonly (readonly [looks: (head: string) => boolean, words: string])[] = [
  [(head) => head.startsWith("\u001f\u008b"), "compressed bytes (gzip)"],
  [(head) => /^\s*(?:<!doctype html|<html)/i.test(head), "a web page"],
  [(head) => /^\s*</.test(head), "a page of markup"],
  [(head) => /^\s*[{[]/.test(head), "a text (JSON)"],
  [(head) => /^[\s\x20-\x7e]+$/.test(head), "a text"],
];

async function unfitWords(
  { sizeBytes, path }: TakenBytes,
  promised: readonly MediaKind[],
  error: unknown,
): Promise<string> {
  const wanted = oneOf(promised);
  if (sizeBytes === 0) return `The server sent nothing instead of ${wanted}.`;
  if (error instanceof EditFailure && error.code === "incomplete")
    return `The server sent only a part of ${promised.length === 1 ? `the ${promised[0]}` : wanted}.`;
  const head = await beginningOf(path);
  const words = disguises.find(([looks]) => looks(head))?.[1] ?? "bytes that are no media or damaged";
  return `The server sent ${words} instead of ${wanted}.`;
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** By the type that a file of the MP4 family names first (ISO/IEC 14496-12, 4.3): formats that are not taken, by their ending. */
const brands: Readonly<Record<string, string>> = {
  ...{ heic: "heic", heix: "heic", heim: "heic", heis: "heic", hevc: "heic", mif1: "heif", msf1: "heif" },
  ...{ avif: "avif", avis: "avif" },
};

/** Why bytes are not taken, by what they are: a name may say otherwise. */
async function unfitUpload(name: string, { sizeBytes, path }: TakenBytes, cause: unknown): Promise<Refused> {
  const code = "file-type-unsupported";
  if (sizeBytes === 0) return new Refused(code, `“${name}” is empty.`, "Choose another file.", cause);
  const head = await beginningOf(path);
  const ending = head.slice(4, 8) === "ftyp" ? brands[head.slice(8, 12)] : undefined;
  if (ending === undefined || isOtherFormat(name)) return unsupported(name, cause);
  const { remedy } = notTaken(`x.${ending}`);
  return new Refused(
    code,
    `“${name}” is ${ending.toUpperCase()} inside, whatever its name says, a kind that is not taken.`,
    remedy,
    cause,
  );
}

function unsupported(name: string, cause?: unknown): Refused {
  return new Refused(
    "file-type-unsupported",
    isOtherFormat(name)
      ? `“${name}” cannot be uploaded. ${notTaken(name).message}`
      : `“${name}” is not a file that can be uploaded.`,
    isOtherFormat(name) ? notTaken(name).remedy : `Choose one of these: ${uploadFormatsInWords}.`,
    cause,
  );
}

function mediaValue({
  sha256,
  kind,
  mimeType,
  sizeBytes,
  width,
  height,
  durationMs,
}: MediaFacts): StoredMedia {
  return { type: "media", kind, sha256, mimeType, sizeBytes, ...rounded({ width, height, durationMs }) };
}

type Size = { readonly width?: number; readonly height?: number; readonly durationMs?: number };

/** Whole numbers, and keys only where there is a value. */
function rounded(facts: { [K in keyof Size]: Size[K] | undefined }): Size {
  const entries = (["width", "height", "durationMs"] as const).flatMap((name) => {
    const value = facts[name];
    return value === undefined ? [] : [[name, Math.round(value)] as const];
  });
  return Object.fromEntries(entries);
}
