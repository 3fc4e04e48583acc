import { canonicalJson } from "../../base/canonical-json.ts";
import { money } from "../../base/dollars.ts";
import { counted } from "../../base/words.ts";
import type { Preflight } from "../contract/preflight.ts";
import type { Server } from "../server/connection.ts";
import type { FoundDoubt } from "./expected-steps.ts";

/** What a person saw before a run, as far as the start has to keep to it. */
export type Terms = {
  /** The server, and whose account pays there. */
  readonly account: string;
  /** Of a run that is resumed: the steps it may still make. A new run is held to its plan instead. */
  readonly steps: string;
  /** Every post, with its account, caption and time, and what is known of earlier ones. */
  readonly posts: string;
  /** Creates of other runs that may have made the same already. */
  readonly doubts: string;
  /** Jobs that are made anew. One that is out at the server already is none of them. */
  readonly newJobs: number;
  readonly estimateMicrodollars: number;
  readonly unpricedSteps: number;
};

/** @param forecast with all its posts */
export function termsOf(
  stepIds: readonly string[],
  forecast: Preflight,
  doubts: readonly FoundDoubt[],
  { origin, scope }: Pick<Server, "origin" | "scope">,
): Terms {
  const { jobs, posts, estimateMicrodollars, unpricedSteps } = forecast;
  return {
    account: canonicalJson([origin, scope]),
    steps: canonicalJson(stepIds),
    posts: canonicalJson(posts),
    doubts: canonicalJson(doubts.map(({ takeId }) => takeId).sort()),
    newJobs: jobs.generate + jobs.edits + jobs.publishes,
    ...{ estimateMicrodollars, unpricedSteps },
  };
}

/**
 * What has changed since a person looked, in words; undefined where their yes still holds. It holds for a run that has
 * become cheaper, because an equal step elsewhere has made a part of it.
 */
export function changeSince(seen: Terms, now: Terms): string | undefined {
  if (now.account !== seen.account) return "The server or the account is another one than you looked at.";
  if (now.steps !== seen.steps) return "What is left of the run has changed since you looked.";
  if (now.posts !== seen.posts) return "The posts have changed since you looked.";
  if (now.doubts !== seen.doubts) return "Jobs that may have been made before have changed since you looked.";
  if (now.estimateMicrodollars > seen.estimateMicrodollars)
    return `The run would cost ${money(now.estimateMicrodollars)} by now; you saw ${money(seen.estimateMicrodollars)}.`;
  if (now.unpricedSteps > seen.unpricedSteps)
    return `The price of ${counted(now.unpricedSteps - seen.unpricedSteps, "more step")} is unknown by now.`;
  if (now.newJobs > seen.newJobs)
    return `The run would make ${counted(now.newJobs, "new job")} by now; you saw ${seen.newJobs}.`;
  return undefined;
}
