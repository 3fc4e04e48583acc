import { eventIterator, type } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";
import type { Connection } from "./connection.ts";

export type StudioInfo = {
  readonly version: string;
  readonly host: "electron" | "web";
  /** "Ctrl" or "⌘" follows from it. */
  readonly platform: "mac" | "windows" | "linux";
  /** Prefix of the routes in `MediaRoutes`, without a trailing slash. */
  readonly mediaBase: string;
  /** Whether `files.*` can open native dialogs. */
  readonly nativeFiles: boolean;
};

/**
 * Plain HTTP under `mediaBase`, same on every host:
 * - `GET /media/:sha256` the bytes, with range requests; `?download=NAME` asks for a download.
 * - `GET /media/:sha256/poster` a JPEG at most 768 px on its longer side (image or video).
 * - `GET /media/:sha256/waveform` JSON `{ peaks: number[] }`, 0 to 1.
 * - `POST /import?name=NAME` takes the body's bytes into the library, answers an `UploadFile` as JSON, or
 *   `{ error: { code, message, remedy } }` with a 4xx.
 *
 * @public
 */
export type MediaRoutes = never;

/**
 * Where a window in a browser keeps its path in the browser's own storage, which is its port's alone: the bare address
 * finds the way back by it.
 */
export const WINDOW_PATH_KEY = "catwalk:path";

/** Where the web host proves that it is the one a window has met: HMAC-SHA-256 of `nonce` by the window's path, in base64url. */
export const PROOF_PATH = "/here";

/** The largest message a window may send to a host that takes messages as text, in bytes. */
export const LARGEST_MESSAGE_BYTES = 32 * 1024 * 1024;

/** Something changed that is not part of a run; ask again for what concerns you. */
export type StudioEvent =
  /** Something was posted, or something became of a post. */
  | { readonly type: "ledger" }
  | { readonly type: "connection"; readonly connection: Connection }
  | { readonly type: "catalogue" }
  | { readonly type: "runs" }
  /** Its order, pause or limit, or how far its runs are; the latter once a second at most. */
  | { readonly type: "queue" }
  /** Results came or went. */
  | { readonly type: "gallery" }
  /** The list of documents. */
  | { readonly type: "documents" }
  /** The work in one document was changed or saved, or the document was removed: see `documents.latest`. */
  | {
      readonly type: "document";
      readonly id: string;
      /** `undefined` once it is removed. */
      readonly revision: number | undefined;
      readonly savedAt?: number | undefined;
    }
  /** Somebody opened graph files by the operating system: see `files.openOffered`. */
  | { readonly type: "files-offered" }
  | { readonly type: "preferences" };

export const studioContract = {
  info: base.output(type<StudioInfo>()),
  watch: base.output(eventIterator(type<StudioEvent>())),
};

export const preferencesContract = {
  /** Small settings of the window (theme, panel sizes), as JSON by name. */
  get: base.output(z.record(z.string(), z.unknown())),
  set: base.input(z.object({ name: z.string().max(100), value: z.unknown() })),
};
