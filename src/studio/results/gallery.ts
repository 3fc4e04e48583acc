import { z } from "zod";
import type { RunState, TakeRecipe } from "../../engine/record.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import { openStoredPlan } from "../../graph/plan/stored-plan.ts";
import type { GalleryRow, Library, ResultPlace } from "../../library/index.ts";
import { workKindOf } from "../../nodes/definitions.ts";
import type {
  BroughtMedia,
  GalleryPage,
  GalleryQuery,
  MadeRecipe,
  MediaRemoval,
  Recipe,
  RecipeInput,
  Result,
} from "../contract/gallery.ts";
import { Refused } from "../ground/refused.ts";
import { findInSlices, isSearch } from "../ground/slices.ts";
import { createStepRecipes } from "./step-results.ts";

/** What the library has of media, each piece with the recipe by which it was made. */
export type StudioGallery = {
  /** @throws Refused `gallery-cursor` */
  list(query: GalleryQuery): Promise<GalleryPage>;
  /** How these bytes were made; undefined when the library never heard of them. */
  recipe(question: {
    readonly sha256: string;
    readonly resultId?: number | undefined;
  }): Promise<Recipe | undefined>;
  /** What deleting these bytes would mean. Deletes nothing. */
  removal(sha256: string): Promise<MediaRemoval>;
  /** @throws Refused `media-in-use` while an unfinished run needs them */
  remove(sha256: string): Promise<void>;
};

/** Results that a search reads in one go: some ten milliseconds of work. */
const LOOKED_AT_ONCE = 5_000;

export function createStudioGallery(deps: {
  readonly library: Library;
  /** A run as it stands. @throws Refused when there is none */
  stateOf(runId: string): Promise<RunState | undefined>;
  onRemoved(): void;
}): StudioGallery {
  const { library } = deps;
  const { gallery, media } = library;

  async function recipeOf(row: GalleryRow): Promise<TakeRecipe | undefined> {
    const take = row.takeId === undefined ? undefined : await library.takes.get(row.takeId);
    // Written along with the journal alone, from a recipe of the engine's own.
    if (take) return JSON.parse(take.recipeJson) as TakeRecipe;
    // Made before there were takes: its run tells, as long as it is there.
    const source = (await library.runs.get(row.runId)) && (await library.runs.source(row.runId));
    const state = source && (await deps.stateOf(row.runId));
    if (!source || !state) return undefined;
    const stepId = row.stepId as StepId; // from an event of this run
    const recipeOfStep = createStepRecipes(openStoredPlan(source.planJson), (id) => state.steps.get(id));
    return recipeOfStep(stepId);
  }

  async function costOf(
    row: GalleryRow,
  ): Promise<Pick<MadeRecipe, "paid" | "estimateMicrodollars" | "tookMs">> {
    const take = row.takeId === undefined ? undefined : await library.takes.get(row.takeId);
    if (take)
      return {
        paid: take.paid === 1,
        tookMs: take.madeAt - take.startedAt,
        ...(take.estimateMicrodollars === undefined
          ? {}
          : { estimateMicrodollars: take.estimateMicrodollars }),
      };
    const step = (await library.runs.get(row.runId))
      ? (await deps.stateOf(row.runId))?.steps.get(row.stepId as StepId)
      : undefined;
    const { spentMicrodollars, startedAt, endedAt } = step ?? {};
    return {
      // A job that a server made cannot be made again for nothing.
      paid: step ? step.job !== undefined : workKindOf(row.nodeType) === "generate",
      ...(spentMicrodollars === undefined ? {} : { estimateMicrodollars: spentMicrodollars }),
      ...(startedAt === undefined || endedAt === undefined ? {} : { tookMs: endedAt - startedAt }),
    };
  }

  async function inputOf(input: TakeRecipe["inputs"][number]): Promise<RecipeInput> {
    const { portId, sha256, text } = input;
    const kind = sha256 === undefined ? undefined : (await media.get(sha256))?.kind;
    const title = sha256 === undefined ? undefined : (await gallery.ofMedia(sha256))?.title;
    return {
      portId,
      ...(text === undefined ? {} : { text }),
      ...(sha256 !== undefined && kind !== undefined
        ? { media: { sha256, kind, ...(title === undefined ? {} : { title }) } }
        : {}),
    };
  }

  async function brought(sha256: string): Promise<BroughtMedia | undefined> {
    return (await gallery.brought({ among: [sha256], limit: 1 }))[0];
  }

  return {
    async list({ source, graphId, among, kind, text, cursor, limit }) {
      if (source === "brought") {
        const after = cursor === undefined ? undefined : parseCursor(broughtCursor, cursor);
        // A person brings in files alone.
        if (kind === "text") return { source, media: [] };
        const rows = await gallery.brought({ kind, among, after, limit: limit + 1 });
        const last = rows[limit - 1];
        return {
          source,
          media: rows.slice(0, limit),
          ...(rows.length > limit && last ? { next: cursorAt(broughtCursor, last) } : {}),
        };
      }
      const after = cursor === undefined ? undefined : parseCursor(madeCursor, cursor);
      const rows = await findInSlices({
        ...{ after, limit: limit + 1 },
        boundary: async (from: ResultPlace | undefined) =>
          isSearch(text) ? await gallery.boundary(LOOKED_AT_ONCE, from) : undefined,
        find: (slice) => gallery.find({ graphId, kind, text, ...slice }),
      });
      const last = rows[limit - 1];
      return {
        source,
        results: rows.slice(0, limit).map(resultOf),
        ...(rows.length > limit && last ? { next: cursorAt(madeCursor, last) } : {}),
      };
    },
    async recipe({ sha256, resultId }) {
      const row =
        (resultId === undefined ? undefined : await gallery.get(resultId)) ?? (await gallery.ofMedia(sha256));
      if (!row) {
        const media = await brought(sha256);
        return media && { kind: "brought", media };
      }
      const found = await recipeOf(row);
      return {
        kind: "made",
        result: resultOf(row),
        runIsThere: (await library.runs.get(row.runId)) !== undefined,
        params: found?.params ?? {},
        inputs: await Promise.all(found?.inputs.map(inputOf) ?? []),
        isKnown: found !== undefined,
        ...(await costOf(row)),
      };
    },
    async removal(sha256) {
      const row = await gallery.ofMedia(sha256);
      const cost = row ? await costOf(row) : undefined;
      return {
        brought: await gallery.isBrought(sha256),
        paid: cost?.paid ?? false,
        ...(cost?.estimateMicrodollars === undefined
          ? {}
          : { estimateMicrodollars: cost.estimateMicrodollars }),
        documents: await gallery.documentsThatUse(sha256),
        neededBy: (await gallery.runsThatNeed(sha256)).map(({ graphName }) => graphName),
      };
    },
    async remove(sha256) {
      const [needing] = await gallery.runsThatNeed(sha256);
      if (needing)
        throw new Refused(
          "media-in-use",
          `A run of “${needing.graphName}” that is not finished needs this.`,
          "Wait until the run has come to rest, or cancel or discard it, then delete this.",
        );
      await gallery.forget(sha256);
      await library.files.remove(sha256);
      deps.onRemoved();
    },
  };
}

function resultOf({ takeId: _take, runAt: _at, place: _place, output: _output, ...row }: GalleryRow): Result {
  return row;
}

/** Where the next page begins: the place of the last one shown. */
const madeCursor = z.object({
  runAt: z.number(),
  runId: z.string(),
  place: z.int(),
  output: z.int(),
  resultId: z.int(),
}) satisfies z.ZodType<ResultPlace>;
const broughtCursor = z.object({ addedAt: z.number(), sha256: z.string() });

function cursorAt<Place>(schema: z.ZodType<Place>, last: Place): string {
  return JSON.stringify(schema.parse(last));
}

function parseCursor<Place>(schema: z.ZodType<Place>, cursor: string): Place {
  try {
    return schema.parse(JSON.parse(cursor));
  } catch (cause) {
    throw new Refused(
      "gallery-cursor",
      "The gallery cannot go on from there.",
      "Ask from the beginning.",
      cause,
    );
  }
}
