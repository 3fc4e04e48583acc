import { z } from "zod";
import { base, command, graph, refusal, textFile } from "./base.ts";
import { answer, type Shape } from "./shape.ts";

/** An example, or the run whose graph it is. */
const origin = z.strictObject({ kind: z.enum(["example", "run"]), id: z.string() });
export type DocumentOrigin = Shape<typeof origin>;

const openDocument = z
  .strictObject({
    graph,
    /**
     * Grows with each change of the work, whichever window makes it; looking elsewhere is none. 0 for what is not in the
     * library: a copy that was opened and not changed.
     */
    revision: z.number(),
    /** Whether it differs from what was last saved. */
    unsaved: z.boolean(),
    savedAt: z.number().exactOptional(),
    /** Set when it lives in a file: its name, never its path. */
    fileName: z.string().exactOptional(),
    /** What it is a copy of; set until it is kept. */
    origin: origin.exactOptional(),
  })
  .meta({ id: "OpenDocument" });
export type OpenDocument = Shape<typeof openDocument>;

/** Another window, or another process on this data folder, was faster: what is there now, to be joined with. */
const changed = z.strictObject({ answer: z.literal("changed"), document: openDocument });
/** Removed from the library; `base: 0` keeps it there again. */
const gone = z.strictObject({ answer: z.literal("gone") });

const keepAnswer = z
  .discriminatedUnion("answer", [
    z.strictObject({ answer: z.literal("kept"), revision: z.number(), unsaved: z.boolean() }),
    changed,
    gone,
  ])
  .meta({ id: "KeepAnswer" });
export type KeepAnswer = Shape<typeof keepAnswer>;

const { unsaved, savedAt, fileName } = openDocument.shape;
const latestAnswer = z
  .discriminatedUnion("answer", [
    z.strictObject({ answer: z.literal("same"), unsaved, savedAt, fileName }),
    changed,
    gone,
  ])
  .meta({ id: "LatestAnswer" });
export type LatestAnswer = Shape<typeof latestAnswer>;

/** What to do about a file that somebody else has changed. */
const fileChoice = z.object({
  /** Which state of the file the person was told of; another one is told of again. */
  seen: z.string(),
  /** `join` takes in what was changed in the file, and keeps the file as a copy where that cannot be joined. */
  act: z.enum(["join", "overwrite"]),
});
export type FileChoice = Shape<typeof fileChoice>;

const opened = { document: openDocument, notices: z.array(z.string()) };

const saveAnswer = z
  .discriminatedUnion("answer", [
    z.strictObject({ answer: z.literal("saved"), ...opened }),
    z.strictObject({
      answer: z.literal("file-changed"),
      fileName: z.string(),
      seen: z.string(),
      /** Whether it is a graph that can be joined. */
      canJoin: z.boolean(),
    }),
    changed,
    gone,
  ])
  .meta({ id: "SaveAnswer" });
export type SaveAnswer = Shape<typeof saveAnswer>;

const documentSummary = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    changedAt: z.number(),
    savedAt,
    unsaved,
    nodeCount: z.number(),
    fileName,
  })
  .meta({ id: "DocumentSummary" });
export type DocumentSummary = Shape<typeof documentSummary>;

const example = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    nodeCount: z.number(),
    graph,
  })
  .meta({ id: "Example" });
export type Example = Shape<typeof example>;

export const openResult = z
  .discriminatedUnion("ok", [
    z.strictObject({ ok: z.literal(true), ...opened }),
    refusal.extend({ ok: z.literal(false) }),
  ])
  .meta({ id: "OpenResult" });
export type OpenResult = Shape<typeof openResult>;

export const documentsContract = {
  /**
   * What was open when the window, the app or the machine stopped; undefined on the first start. A window that comes
   * back names its own document, and what this was a copy of while it was not kept.
   */
  restore: base
    .input(z.object({ id: z.uuid().optional(), origin: origin.optional() }).optional())
    .output(answer(openDocument.optional())),
  /**
   * Keeps the open document as it is now; called within a second of each edit. `base` is the revision that the edits
   * began with: where it is not the present one nothing is written, and the answer brings what is there.
   */
  keep: base.input(z.object({ graph, base: z.number().int() })).output(answer(keepAnswer)),
  /** The document where it is at another revision than this one; else how far it is saved. */
  latest: base.input(z.object({ id: z.string(), revision: z.number().int() })).output(answer(latestAnswer)),
  /** Saves what is kept: into its file if it has one, else into the library. */
  save: base
    .input(
      z.object({
        id: z.string(),
        revision: z.number().int(),
        file: fileChoice.optional(),
      }),
    )
    .output(answer(saveAnswer)),
  /** The documents of the library. */
  list: base.output(answer(z.array(documentSummary))),
  /** Opens a document of the library. */
  load: base.input(z.object({ id: z.string() })).output(answer(openResult)),
  /** Removes it from the library. Its runs, results and posts stay. */
  remove: command.input(z.object({ id: z.string() })),
  /** Text of a picked, dropped or pasted file. Becomes the open document. */
  importText: base.input(z.object({ text: z.string(), name: z.string() })).output(answer(openResult)),
  /** Stable JSON to write into a file: no secret, no absolute path, no account the receiver lacks. */
  exportText: base.input(z.object({ graph })).output(answer(textFile)),
  examples: base.output(answer(z.array(example))),
  /** Opens a copy of an example, its media taken into the library; the copy is in the library once it is kept. */
  openExample: base.input(z.object({ id: z.string() })).output(answer(openResult)),
};

/** A file that a person opened by the operating system, and what came of it. */
const offeredFile = z.strictObject({ name: z.string(), opened: openResult });
export type OfferedFile = Shape<typeof offeredFile>;

/** Native dialogs; refused where `StudioInfo.nativeFiles` is false. Paths stay with the host. */
export const filesContract = {
  /** Asks for a graph file and opens it; nothing where the person gives up. */
  open: base.output(answer(openResult.optional())),
  /** Opens the next of the files that the host was handed by the system; a window cannot name one. */
  openOffered: base.output(answer(offeredFile.optional())),
  /** Saves into a file the person names. Of a document that was saved before it makes a copy, under an id of its own. */
  saveAs: base.input(z.object({ graph })).output(answer(openDocument.optional())),
  /** Writes a copy into a file the person names; the document stays where it lives. */
  export: base.input(z.object({ graph })).output(answer(z.strictObject({ fileName: z.string() }).optional())),
};
