import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base, command } from "./base.ts";
import { connection } from "./connection.ts";
import { answer, type Shape } from "./shape.ts";

const studioInfo = z
  .strictObject({
    version: z.string(),
    host: z.enum(["electron", "web"]),
    /** "Ctrl" or "⌘" follows from it. */
    platform: z.enum(["mac", "windows", "linux"]),
    /** Prefix of the routes in `MediaRoutes`, without a trailing slash. */
    mediaBase: z.string(),
    /** Whether `files.*` can open native dialogs. */
    nativeFiles: z.boolean(),
  })
  .meta({ id: "StudioInfo" });
export type StudioInfo = Shape<typeof studioInfo>;

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

function change<const Type extends string>(type: Type) {
  return z.strictObject({ type: z.literal(type) });
}

/** Something changed that is not part of a run; ask again for what concerns you. */
const studioEvent = z
  .discriminatedUnion("type", [
    /** Something was posted, or something became of a post. */
    change("ledger"),
    change("connection").extend({ connection }),
    change("catalogue"),
    change("runs"),
    /** Its order, pause or limit, or how far its runs are; the latter once a second at most. */
    change("queue"),
    /** Results came or went. */
    change("gallery"),
    /** The list of documents. */
    change("documents"),
    /** The work in one document was changed or saved, or the document was removed: see `documents.latest`. */
    change("document").extend({
      id: z.string(),
      /** Absent once it is removed. */
      revision: z.number().optional(),
      savedAt: z.number().optional(),
    }),
    /** Somebody opened graph files by the operating system: see `files.openOffered`. */
    change("files-offered"),
    change("preferences"),
  ])
  .meta({ id: "StudioEvent" });
export type StudioEvent = Shape<typeof studioEvent>;

export const studioContract = {
  info: base.output(answer(studioInfo)),
  watch: base.output(eventIterator(answer(studioEvent))),
};

export const preferencesContract = {
  /** Small settings of the window (theme, panel sizes), as JSON by name. */
  get: base.output(z.record(z.string(), z.unknown())),
  set: command.input(z.object({ name: z.string().max(100), value: z.unknown() })),
};
