import { z } from "zod";
import { mediaKinds } from "../../base/media-kind.ts";

const resultFacts = z.object({
  resultId: z.int(),
  /** Of the bytes, or of the text. */
  sha256: z.string(),
  /** The run and step that made it last. The run may be gone. */
  runId: z.string(),
  stepId: z.string(),
  /** The take that has its recipe, where there is one. */
  takeId: z.string().optional(),
  graphId: z.string(),
  graphName: z.string(),
  nodeId: z.string(),
  nodeType: z.string(),
  title: z.string(),
  /** The beginning of the words it was made from; empty without any. */
  excerpt: z.string(),
  madeAt: z.number(),
  /** When its run began. */
  runAt: z.number(),
  /** Of its step among those of the run, as results are shown. */
  place: z.int(),
  /** Among the results of its step. */
  output: z.int(),
});
const mediaFacts = z.object({
  kind: z.enum(mediaKinds),
  mimeType: z.string(),
  sizeBytes: z.int(),
  width: z.int().optional(),
  height: z.int().optional(),
  durationMs: z.int().optional(),
});
export const galleryRowSchema = z.discriminatedUnion("kind", [
  resultFacts.extend(mediaFacts.shape),
  resultFacts.extend({ kind: z.literal("text"), content: z.string() }),
]);
/** What a node made, or took from an earlier result: a piece of media, or a text. */
export type GalleryRow = Readonly<z.infer<typeof galleryRowSchema>>;

export const broughtRowSchema = mediaFacts.extend({ sha256: z.string(), addedAt: z.number() });
/** Media that a person brought in. */
type BroughtRow = Readonly<z.infer<typeof broughtRowSchema>>;

type MediaKind = z.infer<typeof mediaFacts>["kind"];

/** What the journal writes of a result in its own transaction. */
export type ResultNote = {
  readonly sha256: string;
  readonly kind: GalleryRow["kind"];
  /** Of a text: all of it. Media has its bytes elsewhere. */
  readonly content?: string;
  readonly runId: string;
  readonly stepId: string;
  readonly takeId?: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly nodeId: string;
  readonly nodeType: string;
  readonly title: string;
  readonly excerpt: string;
  /** Taken from an earlier result: shown with this graph, not once more among all. */
  readonly reused: boolean;
  /** What it can be found by besides its title and graph: model, prompt, captions. */
  readonly searchText: string;
  readonly at: number;
  readonly runAt: number;
  readonly place: number;
  readonly output: number;
};

/** Where a result stands in the list: newest run first, then as the run has its results. */
export type ResultPlace = Pick<GalleryRow, "runAt" | "runId" | "place" | "output" | "resultId">;

export type GalleryQuery = {
  /** Default: what was made in any graph. */
  readonly graphId?: string | undefined;
  readonly kind?: GalleryRow["kind"] | undefined;
  readonly text?: string | undefined;
  /** Only results that come after this one in the list. */
  readonly after?: ResultPlace | undefined;
  /** Only results up to this one in the list. */
  readonly until?: ResultPlace | undefined;
  readonly limit: number;
};

/** Results of every run, and of runs that are gone: what the gallery shows. */
export type Gallery = {
  /** As `ResultPlace` says. Only media that the library still has; of a text its first `TEXT_SHOWN` characters. */
  find(query: GalleryQuery): Promise<GalleryRow[]>;
  /** Where so many results after this one end, among all of them; undefined when there are fewer. */
  boundary(count: number, after?: ResultPlace): Promise<ResultPlace | undefined>;
  /** The latest result with these bytes, or this text. */
  ofMedia(sha256: string): Promise<GalleryRow | undefined>;
  get(resultId: number): Promise<GalleryRow | undefined>;
  /** Media that a person brought in, newest first. @param among only these, where given */
  brought(query: {
    readonly kind?: MediaKind | undefined;
    readonly among?: readonly string[] | undefined;
    readonly after?: { readonly addedAt: number; readonly sha256: string } | undefined;
    readonly limit: number;
  }): Promise<BroughtRow[]>;
  /** Whether a person brought it in. */
  isBrought(sha256: string): Promise<boolean>;
  /** Unfinished runs, interrupted and queued ones too, that have these bytes in their graph or among their results. */
  runsThatNeed(sha256: string): Promise<readonly { readonly runId: string; readonly graphName: string }[]>;
  /** Graphs kept in the library that have it in a node. */
  documentsThatUse(sha256: string): Promise<number>;
  /** Forgets the results and the takes that are these bytes or this text. What they are and where they came from is remembered. */
  forget(sha256: string): Promise<void>;
};

/** So much of a text a list has; more is seen of none. @public */
export const TEXT_SHOWN = 1000;
