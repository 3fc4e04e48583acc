import { type } from "@orpc/contract";
import { z } from "zod";
import { type Graph, graphSchema } from "../../graph/document/schema.ts";
import { base } from "./base.ts";

export type OpenDocument = {
  readonly graph: Graph;
  /**
   * Grows with each change of the work, whichever window makes it; looking elsewhere is none. 0 for what is not in the
   * library: a copy that was opened and not changed.
   */
  readonly revision: number;
  /** Whether it differs from what was last saved. */
  readonly unsaved: boolean;
  readonly savedAt?: number;
  /** Set when it lives in a file: its name, never its path. */
  readonly fileName?: string;
  /** What it is a copy of; set until it is kept. */
  readonly origin?: DocumentOrigin;
};

const originSchema = z.object({ kind: z.enum(["example", "run"]), id: z.string() });

/** An example, or the run whose graph it is. */
export type DocumentOrigin = Readonly<z.infer<typeof originSchema>>;

/** Another window, or another process on this data folder, was faster: what is there now, to be joined with. */
type Overtaken =
  | { readonly answer: "changed"; readonly document: OpenDocument }
  /** Removed from the library; `base: 0` keeps it there again. */
  | { readonly answer: "gone" };

export type KeepAnswer =
  | { readonly answer: "kept"; readonly revision: number; readonly unsaved: boolean }
  | Overtaken;

export type LatestAnswer =
  | ({ readonly answer: "same" } & Pick<OpenDocument, "unsaved" | "savedAt" | "fileName">)
  | Overtaken;

/** What to do about a file that somebody else has changed. */
export type FileChoice = {
  /** Which state of the file the person was told of; another one is told of again. */
  readonly seen: string;
  /** `join` takes in what was changed in the file, and keeps the file as a copy where that cannot be joined. */
  readonly act: "join" | "overwrite";
};

export type SaveAnswer =
  | { readonly answer: "saved"; readonly document: OpenDocument; readonly notices: readonly string[] }
  | {
      readonly answer: "file-changed";
      readonly fileName: string;
      readonly seen: string;
      /** Whether it is a graph that can be joined. */
      readonly canJoin: boolean;
    }
  | Overtaken;

export type DocumentSummary = {
  readonly id: string;
  readonly name: string;
  readonly changedAt: number;
  readonly savedAt?: number;
  readonly unsaved: boolean;
  readonly nodeCount: number;
  readonly fileName?: string;
};

export type Example = {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly nodeCount: number;
  readonly graph: Graph;
};

export type OpenResult =
  | { readonly ok: true; readonly document: OpenDocument; readonly notices: readonly string[] }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly remedy: string };

export const documentsContract = {
  /**
   * What was open when the window, the app or the machine stopped; undefined on the first start. A window that comes
   * back names its own document, and what this was a copy of while it was not kept.
   */
  restore: base
    .input(z.object({ id: z.uuid().optional(), origin: originSchema.optional() }).optional())
    .output(type<OpenDocument | undefined>()),
  /**
   * Keeps the open document as it is now; called within a second of each edit. `base` is the revision that the edits
   * began with: where it is not the present one nothing is written, and the answer brings what is there.
   */
  keep: base.input(z.object({ graph: graphSchema, base: z.number().int() })).output(type<KeepAnswer>()),
  /** The document where it is at another revision than this one; else how far it is saved. */
  latest: base.input(z.object({ id: z.string(), revision: z.number().int() })).output(type<LatestAnswer>()),
  /** Saves what is kept: into its file if it has one, else into the library. */
  save: base
    .input(
      z.object({
        id: z.string(),
        revision: z.number().int(),
        file: z.object({ seen: z.string(), act: z.enum(["join", "overwrite"]) }).optional(),
      }),
    )
    .output(type<SaveAnswer>()),
  list: base.output(type<readonly DocumentSummary[]>()),
  load: base.input(z.object({ id: z.string() })).output(type<OpenResult>()),
  remove: base.input(z.object({ id: z.string() })),
  /** Text of a picked, dropped or pasted file. Becomes the open document. */
  importText: base.input(z.object({ text: z.string(), name: z.string() })).output(type<OpenResult>()),
  /** Stable JSON to write into a file: no secret, no absolute path, no account the receiver lacks. */
  exportText: base
    .input(z.object({ graph: graphSchema }))
    .output(type<{ readonly text: string; readonly fileName: string }>()),
  examples: base.output(type<readonly Example[]>()),
  /** Opens a copy of an example, its media taken into the library; the copy is in the library once it is kept. */
  openExample: base.input(z.object({ id: z.string() })).output(type<OpenResult>()),
};

/** A file that a person opened by the operating system, and what came of it. */
export type OfferedFile = { readonly name: string; readonly opened: OpenResult };

/** Native dialogs; refused where `StudioInfo.nativeFiles` is false. Paths stay with the host. */
export const filesContract = {
  open: base.output(type<OpenResult | undefined>()),
  /** Opens the next of the files that the host was handed by the system; a window cannot name one. */
  openOffered: base.output(type<OfferedFile | undefined>()),
  saveAs: base.input(z.object({ graph: graphSchema })).output(type<OpenDocument | undefined>()),
  export: base
    .input(z.object({ graph: graphSchema }))
    .output(type<{ readonly fileName: string } | undefined>()),
};
