import { type } from "@orpc/contract";
import { z } from "zod";
import { base, mediaRef } from "./base.ts";
import type { MediaGlance } from "./history.ts";

/** Facts of a piece of media that the library has. */
type MediaFacts = MediaGlance & {
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly durationMs?: number | undefined;
};

type ResultFacts = {
  readonly resultId: number;
  /** The run and step that made it last; the run may be gone. */
  readonly runId: string;
  readonly stepId: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly nodeId: string;
  readonly nodeType: string;
  readonly title: string;
  /** The beginning of the words it was made from; empty without any. */
  readonly excerpt: string;
  readonly madeAt: number;
};

/** A piece of media that a node made. */
export type MediaResult = MediaFacts & ResultFacts;

/** A text that a node made. Lists have its beginning, its recipe has it whole. */
export type TextResult = ResultFacts & {
  readonly kind: "text";
  /** Of the text. */
  readonly sha256: string;
  readonly content: string;
};

export type Result = MediaResult | TextResult;

/** A piece of media that a person brought in. */
export type BroughtMedia = MediaFacts & { readonly addedAt: number };

const galleryQuerySchema = z.object({
  /** What nodes made, or what a person brought in. */
  source: z.enum(["made", "brought"]).default("made"),
  /** Only what this graph made or took. Default: what was made in any graph. */
  graphId: z.string().optional(),
  /** Of what was brought in: only these hashes. */
  among: z.array(z.string()).max(20_000).optional(),
  kind: z.enum(["image", "video", "audio", "text"]).optional(),
  /** Words that all occur in title, graph, model, operation, prompt, caption or the text itself. */
  text: z.string().max(200).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(200).default(60),
});
export type GalleryQuery = z.infer<typeof galleryQuerySchema>;

/** Newest first; `next` is set when there are more. */
export type GalleryPage =
  | { readonly source: "made"; readonly results: readonly Result[]; readonly next?: string }
  | { readonly source: "brought"; readonly media: readonly BroughtMedia[]; readonly next?: string };

export type RecipeInput = {
  readonly portId: string;
  readonly text?: string;
  /** `title`: of the node that made it, where one did. */
  readonly media?: MediaGlance & { readonly title?: string };
};

export type MadeRecipe = {
  readonly kind: "made";
  readonly result: Result;
  /** Whether its run is still kept, so that the graph that made it can be opened. */
  readonly runIsThere: boolean;
  /** False when its run went before recipes were kept. */
  readonly isKnown: boolean;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: readonly RecipeInput[];
  /** Whether making it anew may cost money. */
  readonly paid: boolean;
  /** About what it cost. */
  readonly estimateMicrodollars?: number;
  readonly tookMs?: number;
};

/** How a piece of media or a text came to be. */
export type Recipe = MadeRecipe | { readonly kind: "brought"; readonly media: BroughtMedia };

/** What a person should know before media or a text is deleted. */
export type MediaRemoval = {
  readonly brought: boolean;
  readonly paid: boolean;
  readonly estimateMicrodollars?: number;
  /** Graphs of the library that have it in a node. */
  readonly documents: number;
  /** Names of the graphs whose unfinished runs need it: until these are over it cannot be deleted. */
  readonly neededBy: readonly string[];
};

export const galleryContract = {
  list: base.input(galleryQuerySchema).output(type<GalleryPage>()),
  /** By a result of the gallery, else the latest with these bytes. */
  recipe: base
    .input(z.object({ sha256: z.string(), resultId: z.number().int().optional() }))
    .output(type<Recipe | undefined>()),
  removal: base.input(mediaRef).output(type<MediaRemoval>()),
  /** Deletes the bytes or the text, the results and the takes that are made of them. Refused while a run needs them (`media-in-use`). */
  remove: base.input(mediaRef),
};
