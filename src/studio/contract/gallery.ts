import { z } from "zod";
import { base, command, mediaRef } from "./base.ts";
import { mediaKind, shownMedia } from "./media-value.ts";
import { answer, type Shape } from "./shape.ts";

/** Facts of a piece of media that the library has. */
const mediaFacts = shownMedia.extend({
  mimeType: z.string(),
  sizeBytes: z.number(),
  width: z.number().optional(),
  height: z.number().optional(),
  durationMs: z.number().optional(),
});

const resultFacts = {
  resultId: z.number(),
  /** The run and step that made it last; the run may be gone. */
  runId: z.string(),
  stepId: z.string(),
  graphId: z.string(),
  graphName: z.string(),
  nodeId: z.string(),
  nodeType: z.string(),
  title: z.string(),
  /** The beginning of the words it was made from; empty without any. */
  excerpt: z.string(),
  madeAt: z.number(),
};

/** A piece of media that a node made. */
const mediaResult = mediaFacts.extend(resultFacts).meta({ id: "MediaResult" });
export type MediaResult = Shape<typeof mediaResult>;

/** A text that a node made. Lists have its beginning, its recipe has it whole. */
const textResult = z
  .strictObject({
    ...resultFacts,
    kind: z.literal("text"),
    /** Of the text. */
    sha256: z.string(),
    content: z.string(),
  })
  .meta({ id: "TextResult" });
export type TextResult = Shape<typeof textResult>;

const result = z.discriminatedUnion("kind", [mediaResult, textResult]);
export type Result = Shape<typeof result>;

/** A piece of media that a person brought in. */
const broughtMedia = mediaFacts.extend({ addedAt: z.number() }).meta({ id: "BroughtMedia" });
export type BroughtMedia = Shape<typeof broughtMedia>;

const galleryQuerySchema = z.object({
  /** What nodes made, or what a person brought in. */
  source: z.enum(["made", "brought"]).default("made"),
  /** Only what this graph made or took. Default: what was made in any graph. */
  graphId: z.string().optional(),
  /** Of what was brought in: only these hashes. */
  among: z.array(z.string()).max(20_000).optional(),
  kind: z.enum([...mediaKind.options, "text"]).optional(),
  /** Words that all occur in title, graph, model, operation, prompt, caption or the text itself. */
  text: z.string().max(200).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(200).default(60),
});
export type GalleryQuery = z.infer<typeof galleryQuerySchema>;

/** Newest first; `next` is set when there are more. */
const galleryPage = z.discriminatedUnion("source", [
  z.strictObject({
    source: z.literal("made"),
    results: z.array(result),
    next: z.string().exactOptional(),
  }),
  z.strictObject({
    source: z.literal("brought"),
    media: z.array(broughtMedia),
    next: z.string().exactOptional(),
  }),
]);
export type GalleryPage = Shape<typeof galleryPage>;

const recipeInput = z.strictObject({
  portId: z.string(),
  text: z.string().exactOptional(),
  /** `title`: of the node that made it, where one did. */
  media: shownMedia.extend({ title: z.string().exactOptional() }).exactOptional(),
});
export type RecipeInput = Shape<typeof recipeInput>;

const madeRecipe = z.strictObject({
  kind: z.literal("made"),
  result,
  /** Whether its run is still kept, so that the graph that made it can be opened. */
  runIsThere: z.boolean(),
  /** False when its run went before recipes were kept. */
  isKnown: z.boolean(),
  params: z.record(z.string(), z.unknown()),
  inputs: z.array(recipeInput),
  /** Whether making it anew may cost money. */
  paid: z.boolean(),
  /** About what it cost. */
  estimateMicrodollars: z.number().exactOptional(),
  tookMs: z.number().exactOptional(),
});
export type MadeRecipe = Shape<typeof madeRecipe>;

/** How a piece of media or a text came to be. */
const recipe = z.discriminatedUnion("kind", [
  madeRecipe,
  z.strictObject({ kind: z.literal("brought"), media: broughtMedia }),
]);
export type Recipe = Shape<typeof recipe>;

/** What a person should know before media or a text is deleted. */
const mediaRemoval = z.strictObject({
  brought: z.boolean(),
  paid: z.boolean(),
  estimateMicrodollars: z.number().exactOptional(),
  /** Graphs of the library that have it in a node. */
  documents: z.number(),
  /** Names of the graphs whose unfinished runs need it: until these are over it cannot be deleted. */
  neededBy: z.array(z.string()),
});
export type MediaRemoval = Shape<typeof mediaRemoval>;

export const galleryContract = {
  /** Newest first. */
  list: base.input(galleryQuerySchema).output(answer(galleryPage)),
  /** By a result of the gallery, else the latest with these bytes. */
  recipe: base
    .input(z.object({ sha256: z.string(), resultId: z.number().int().optional() }))
    .output(answer(recipe.optional())),
  removal: base.input(mediaRef).output(answer(mediaRemoval)),
  /** Deletes the bytes or the text, the results and the takes that are made of them. Refused while a run needs them (`media-in-use`). */
  remove: command.input(mediaRef),
};
