import { type } from "@orpc/contract";
import { z } from "zod";
import { type Graph, graphSchema } from "../../graph/schema.ts";
import { base } from "./base.ts";

export type OpenDocument = {
  readonly graph: Graph;
  /** Grows with each `keep`; an older revision never replaces a newer one. */
  readonly revision: number;
  /** Whether it differs from what was last saved. */
  readonly unsaved: boolean;
  readonly savedAt?: number;
  /** Set when it lives in a file: its name, never its path. */
  readonly fileName?: string;
};

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
  /** What was open when the window, the app or the machine stopped; undefined on the first start. */
  restore: base.output(type<OpenDocument | undefined>()),
  /** Keeps the open document as it is now; called within a second of each edit. */
  keep: base
    .input(z.object({ graph: graphSchema, revision: z.number().int() }))
    .output(type<{ readonly unsaved: boolean }>()),
  /** Saves under its own id: into its file if it has one, else into the library. */
  save: base.input(z.object({ graph: graphSchema })).output(type<OpenDocument>()),
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
  /** Opens a copy of an example, its media taken into the library. */
  openExample: base.input(z.object({ id: z.string() })).output(type<OpenResult>()),
};

/** Native dialogs; refused where `StudioInfo.nativeFiles` is false. Paths stay with the host. */
export const filesContract = {
  open: base.output(type<OpenResult | undefined>()),
  saveAs: base.input(z.object({ graph: graphSchema })).output(type<OpenDocument | undefined>()),
  export: base
    .input(z.object({ graph: graphSchema }))
    .output(type<{ readonly fileName: string } | undefined>()),
};
