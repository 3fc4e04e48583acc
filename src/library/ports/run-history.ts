import { z } from "zod";
import { mediaKinds } from "../../base/media-kind.ts";
import type { RunRow } from "./runs.ts";

export const totalsSchema = z.object({
  /** About what it cost. */
  spentMicrodollars: z.int(),
  /** Steps that wait for a person. */
  needsYou: z.int(),
  outputs: z.object({
    count: z.int(),
    /** The first few to show. */
    shown: z.array(z.object({ sha256: z.string(), kind: z.enum(mediaKinds) })),
  }),
});
/** What a list of runs shows of one besides its counts; written when the run comes to rest. */
export type RunTotals = Readonly<z.infer<typeof totalsSchema>>;

/** Where a run stands in the list. */
export type RunPlace = { readonly startedAt: number; readonly runId: string };

export type RunQuery = {
  readonly graphId?: string | undefined;
  /** Words that all occur in graph, server, outcome, prompts or captions. */
  readonly text?: string | undefined;
  /** As a person sees them: `interrupted` is an unfinished run that no living process holds. */
  readonly statuses?: readonly string[] | undefined;
  /** Started at or after, in milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** Only runs that come after this one in the list. */
  readonly after?: RunPlace | undefined;
  /** Only runs up to this one in the list. */
  readonly until?: RunPlace | undefined;
  readonly limit: number;
};

export type FoundRun = { readonly row: RunRow; readonly totals?: RunTotals };

export type RunHistory = {
  /** Newest first. */
  find(query: RunQuery): Promise<FoundRun[]>;
  totals(runId: string): Promise<RunTotals | undefined>;
  /** Only for a run at rest that has none. */
  remember(runId: string, totals: RunTotals): Promise<void>;
  get(runId: string): Promise<FoundRun | undefined>;
  /**
   * Where the newest so many runs end, in any state: the oldest of them. Looks at a part of them, and tells how many
   * are left to go on with after it; undefined when there are fewer.
   */
  newest(
    count: number,
    after?: RunPlace,
  ): Promise<{ readonly place: RunPlace; readonly left: number } | undefined>;
  /**
   * Runs at rest that fall outside the bounds and that wait for no person, oldest first. Left alone are runs under way,
   * interrupted ones, those with a step that needs a person, and those with a post that may or may not be out.
   * Looks at so many runs at most, and tells where to go on; nothing when it has seen them all.
   */
  outside(query: RunBounds & { readonly after?: RunPlace | undefined; readonly looksAt: number }): Promise<{
    readonly runs: readonly OutsideRun[];
    readonly next?: RunPlace;
  }>;
  /** Of these runs the ones that `outside` would tell. */
  outsideAmong(bounds: RunBounds, runIds: readonly string[]): Promise<readonly OutsideRun[]>;
};

export type RunBounds = {
  /** Came to rest before this, in milliseconds since the epoch. */
  readonly restedBefore?: number | undefined;
  /** Began before this one, so that it comes after it in the list. */
  readonly olderThan?: RunPlace | undefined;
};

export const outsideRun = z.object({
  runId: z.string(),
  /** Absent: it came to rest before its history was kept, so its journal has to tell. */
  needsYou: z.int().optional(),
});
export type OutsideRun = Readonly<z.infer<typeof outsideRun>>;
