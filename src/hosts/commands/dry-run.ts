import { type Budget, overBudget } from "../../base/budget.ts";
import { dollarsText, money } from "../../base/dollars.ts";
import { amount, counted, earlierDoubtWords, jobsOutWords } from "../../base/words.ts";
import type { NodeForecast, Preflight } from "../../studio/contract.ts";
import { commandLine, type Place, resumeCommand, utc } from "../terminal/needs-person.ts";
import { words } from "../terminal/words.ts";

/** What `--dry-run` prints for a person; `--json` prints the preflight itself. */
export function dryRunLines(preflight: Preflight, budget: Budget): string[] {
  const { nodes, time, jobs, estimateMicrodollars, unpricedSteps } = preflight;
  const { reusedSteps: reused, savedMicrodollars: saved } = preflight;
  const width = Math.max(...nodes.map(({ title }) => title.length), 4);
  return [
    words.t("run.dryRunOn", { server: preflight.serverLabel }),
    ...nodes.map((node) => `  ${node.title.padEnd(width)}  ${nodeWords(node, heldAt(node, preflight))}`),
    jobsLine(jobs),
    ...jobsOutLines(preflight),
    ...preflight.posts.flatMap((post) => {
      const words = earlierWords(post);
      if (words === undefined && post.scheduledFor === undefined) return [];
      const rest = words === undefined ? "" : `: ${words}`;
      return [`Post to ${post.platform} as ${post.accountName}${whenWords(post)}${rest}.`];
    }),
    ...(reused > 0
      ? [`Reused: ${counted(reused, "earlier result")}${saved > 0 ? `, which saves ${money(saved)}` : ""}.`]
      : []),
    words.t("run.estimatedCost", { cost: costWords(estimateMicrodollars, unpricedSteps) }),
    timeLine(time),
    ...budgetLines(preflight, budget),
  ];
}

export function jobsLine({ generate, edits, uploads, publishes }: Preflight["jobs"]): string {
  return `Jobs: ${generate} to generate, ${counted(edits, "edit")}, ${counted(uploads, "upload")}, ${counted(publishes, "post")}.`;
}

/** What of this run is out at the server already. */
export function jobsOutLines({ jobsOut = 0 }: Preflight): string[] {
  return jobsOut === 0 ? [] : [jobsOutWords(jobsOut)];
}

/** What an earlier run of the graph left in doubt, with the commands that show and settle it. */
export function earlierDoubtLines({ earlierDoubts = [], isSandbox }: Preflight, place: Place): string[] {
  return earlierDoubts.flatMap(({ runId, steps, again, titles }) => [
    ...(again > 0 ? [againWords({ steps, again, titles }, isSandbox)] : [earlierDoubtWords(steps, titles)]),
    `  ${commandLine(["runs", "show", runId], place)}`,
    ...(again > 0
      ? ["retry", "skip"].map((word) => `  ${resumeCommand(runId, ["--in-doubt", word], place)}`)
      : []),
  ]);
}

function againWords(
  {
    steps,
    again,
    titles,
  }: Pick<NonNullable<Preflight["earlierDoubts"]>[number], "steps" | "again" | "titles">,
  isSandbox: boolean,
): string {
  const which = again === steps ? (steps === 1 ? "it" : "them") : `${amount(again)} of them`;
  const twice = isSandbox ? "" : ", which may be charged twice";
  return `${earlierDoubtWords(steps, titles)} This run would make ${which} anew${twice}. Settle ${steps === 1 ? "it" : "them"} instead with one of these:`;
}

/** How many steps a run would make although an earlier one may have made and charged them. */
export function doubtedSteps({ earlierDoubts = [] }: Preflight): number {
  return earlierDoubts.reduce((sum, { again }) => sum + again, 0);
}

/** When a post is to go out, to follow where it goes. */
export function whenWords({ scheduledFor }: Preflight["posts"][number]): string {
  return scheduledFor === undefined ? "" : ` at ${utc(scheduledFor)}`;
}

/** Why a post will not go out without a person, where that is known before the run. */
export function earlierWords({ isBlocked, lastSentAt }: Preflight["posts"][number]): string | undefined {
  if (isBlocked) return "held back, as nobody can say whether the same media went out there before";
  if (lastSentAt !== undefined) return `asks first, as the same media went out there ${utc(lastSentAt)}`;
  return undefined;
}

/** Whether a run within this budget would leave something unmade. */
export function isOverBudget(preflight: Preflight, budget: Budget): boolean {
  return budget.budgetMicrodollars !== undefined && (overBudget(preflight, budget) ?? 1) > 0;
}

function budgetLines(preflight: Preflight, budget: Budget): string[] {
  const { budgetMicrodollars } = budget;
  if (budgetMicrodollars === undefined) return [];
  const unpriced =
    overBudget(preflight, budget) === undefined
      ? ` ${preflight.unpricedSteps} without a known price would not be made: give one with --assume-price.`
      : "";
  const fits = isOverBudget(preflight, budget) ? words.t("run.goesOver") : words.t("run.fits");
  return [`Budget: $${dollarsText(budgetMicrodollars)}, by estimates. ${fits}${unpriced}`];
}

/** Posts of the node that are known to wait for a person. */
function heldAt({ nodeId }: NodeForecast, { posts }: Preflight): number {
  return posts.filter((post) => post.nodeId === nodeId && earlierWords(post) !== undefined).length;
}

function nodeWords(
  { steps, reusedSteps = 0, outSteps = 0, estimateMicrodollars, unpricedSteps, time }: NodeForecast,
  held: number,
): string {
  const runs = steps - reusedSteps - outSteps - held;
  const parts = [
    ...(runs > 0 ? [runs === 1 ? "runs" : `runs ${runs} times`] : []),
    ...(held > 0 ? [held === 1 ? "waits for a person" : `${held} wait for a person`] : []),
    ...(reusedSteps > 0 ? [`${reusedSteps} reused`] : []),
    ...(outSteps > 0 ? [`${outSteps} out already`] : []),
    ...(estimateMicrodollars > 0 || unpricedSteps > 0
      ? [costWords(estimateMicrodollars, unpricedSteps)]
      : []),
    ...(time ? [`${seconds(time.p50Ms)} each, nine of ten at most ${seconds(time.p90Ms)}`] : []),
  ];
  return parts.join(", ");
}

function timeLine({ p50Ms, p90Ms, unknownSteps }: Preflight["time"]): string {
  if (p90Ms === 0) return unknownSteps > 0 ? words.t("run.timeUnknown") : words.t("run.timeNone");
  const unknown =
    unknownSteps > 0 ? `, and ${counted(unknownSteps, "step")} of which it knows too little` : "";
  return `Time: half of such runs take ${seconds(p50Ms)}, nine of ten at most ${seconds(p90Ms)}, by this machine's own history${unknown}.`;
}

/** An unknown price is never told as free. */
export function costWords(microdollars: number, unpricedSteps: number): string {
  if (unpricedSteps === 0) return money(microdollars);
  return microdollars > 0 ? `${money(microdollars)}, and ${unpricedSteps} of unknown price` : "not known";
}

function seconds(ms: number): string {
  const whole = Math.max(1, Math.round(ms / 1000));
  return whole < 90 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
