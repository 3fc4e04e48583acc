import { rm } from "node:fs/promises";
import type { Editor } from "../editing/editor.ts";
import type { Clock, MediaStore, StoredMedia } from "../engine/deps.ts";
import type { UploadFile } from "../graph/files.ts";
import { uploadFormatsInWords, uploadTypeOfMime } from "../graph/files.ts";
import { libraryFailure } from "../library/failure.ts";
import type { Library } from "../library/library.ts";
import type { MediaFacts } from "../library/media.ts";
import { bytesOf } from "../library/media-files.ts";
import type { Server } from "./connection.ts";
import { Refused } from "./refused.ts";
import { fileCarriesMark, unknownSandbox } from "./remote-server.ts";

/** The largest file a person may bring in, in bytes: 2 GiB. */
export const IMPORT_LIMIT_BYTES = 2 * 1024 ** 3;
const FETCH_LIMIT_BYTES = 4 * 1024 ** 3;

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
};

export function createStudioMedia(deps: {
  readonly library: Library;
  readonly editor: Pick<Editor, "probe">;
  readonly clock: Clock;
}): StudioMedia {
  const { library, editor, clock } = deps;
  const { files, media } = library;

  /** What the bytes are, whoever says otherwise. */
  async function factsOf(sha256: string, sizeBytes: number, path: string): Promise<MediaFacts> {
    const known = media.get(sha256);
    if (known) return known;
    const { kind, mimeType, width, height, durationMs } = await editor.probe(path);
    return {
      sha256,
      kind,
      mimeType: uploadTypeOfMime(mimeType)?.mimeType ?? mimeType,
      sizeBytes,
      ...rounded({ width, height, durationMs }),
    };
  }

  return {
    storeFor: (server) => ({
      async fetch(remote, { scope, fallbackKind, signal, onProgress }) {
        const known = media.sha256Of(scope, remote.mediaId);
        const facts = known === undefined ? undefined : media.get(known);
        // The server never changes what an id stands for.
        if (facts && (await files.pathOf(facts.sha256)) !== undefined)
          return { ...mediaValue(facts), mediaId: remote.mediaId };
        const download = await server.client.download(remote.url, { signal, maxBytes: FETCH_LIMIT_BYTES });
        const taken = await files.take(download.body, {
          limitBytes: FETCH_LIMIT_BYTES,
          signal,
          onProgress: (received) => onProgress(received, download.sizeBytes),
        });
        const own = await factsOf(taken.sha256, taken.sizeBytes, taken.path).catch((error: unknown) => {
          signal.throwIfAborted();
          // Bytes we cannot read are the person's all the same: the server's own words about them have to do.
          const mimeType = remote.mimeType ?? download.mimeType;
          if (!mimeType) throw error;
          return {
            sha256: taken.sha256,
            kind: uploadTypeOfMime(mimeType)?.kind ?? fallbackKind,
            mimeType,
            sizeBytes: taken.sizeBytes,
            ...rounded(remote),
          };
        });
        const fromSandbox = server.isSandbox || (await fileCarriesMark(taken.path));
        media.add(own, { kind: fromSandbox ? "sandbox" : "server", scope }, clock.now());
        media.addRemote({ scope, mediaId: remote.mediaId, sha256: taken.sha256, at: clock.now() });
        return { ...mediaValue(own), mediaId: remote.mediaId };
      },
      async adopt(path, { madeFrom }) {
        const taken = await files.take(bytesOf(path));
        const facts = await factsOf(taken.sha256, taken.sizeBytes, taken.path);
        media.add(facts, { kind: "render", madeFrom }, clock.now());
        await rm(path, { force: true });
        return mediaValue(facts);
      },
      pathOf: (sha256) => files.pathOf(sha256),
      has: (sha256) => files.has(sha256),
    }),

    async importBytes(bytes, name, { sizeBytes: announced = 0, signal } = {}) {
      if (announced > IMPORT_LIMIT_BYTES) throw libraryFailure("too-large");
      const taken = await files.take(bytes, {
        limitBytes: IMPORT_LIMIT_BYTES,
        ...(signal ? { signal } : {}),
      });
      const facts = await factsOf(taken.sha256, taken.sizeBytes, taken.path).catch((error: unknown) => {
        throw unsupported(name, error);
      });
      if (!uploadTypeOfMime(facts.mimeType)) throw unsupported(name);
      const marked = await fileCarriesMark(taken.path);
      const sandboxKnown = media.sandboxMakers(facts.sha256).length > 0;
      media.add(facts, { kind: "person" }, clock.now());
      // Rendering it would lose the mark, so what it says is remembered.
      if (marked && !sandboxKnown) media.add(facts, { kind: "sandbox", scope: unknownSandbox }, clock.now());
      const { kind, mimeType, sizeBytes, sha256, width, height, durationMs } = facts;
      return { name, sha256, sizeBytes, kind, mimeType, ...rounded({ width, height, durationMs }) };
    },
  };
}

function unsupported(name: string, cause?: unknown): Refused {
  return new Refused(
    "file-type-unsupported",
    `“${name}” is not a file that can be uploaded.`,
    `Choose one of these: ${uploadFormatsInWords}.`,
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
