import { createInterface } from "node:readline/promises";
import { z } from "zod";
import { counted } from "../../base/words.ts";
import type { Problem } from "../../graph/document/problems.ts";
import type { Graph } from "../../graph/document/schema.ts";
import { builtInCatalogue } from "../../nodes/catalogue-data.ts";
import { sandboxOptions } from "../../sandbox/options.ts";
import type { Preflight, RunSelection } from "../../studio/contract.ts";
import { type GraphWithFolder, Refused, type StudioOptions } from "../../studio/host.ts";
import type { Studio } from "../../studio/service.ts";
import { openStudio, type SandboxArguments } from "../process/open-studio.ts";
import { CommandFailure, type ExitCode, exitByCode, exitCode } from "../terminal/exit-codes.ts";
import { type Overridden, withOverrides } from "../terminal/param-overrides.ts";
import { problemLines, readGraph, standardInput } from "../terminal/read-graph.ts";
import { parseTableOverride, withTables } from "../terminal/table-overrides.ts";
import { note, print, printJson } from "../terminal/terminal.ts";
import { words } from "../terminal/words.ts";
import {
  costWords,
  doubtedSteps,
  dryRunLines,
  earlierDoubtLines,
  earlierWords,
  isOverBudget,
  jobsLine,
  jobsOutLines,
  whenWords,
} from "./dry-run.ts";
import { followRun } from "./follow-run.ts";

export type RunArguments = SandboxArguments & {
  readonly server: string;
  readonly yes?: boolean;
  /** Makes what an earlier run may have made and charged, without asking. */
  readonly despiteDoubts?: boolean;
  readonly publish?: boolean;
  readonly out?: string;
  readonly set?: readonly string[];
  readonly table?: readonly string[];
  readonly to?: readonly string[];
  /** Says what a run would do, cost and take, and runs nothing. */
  readonly dryRun?: boolean;
  /** Takes nothing from earlier results. */
  readonly fresh?: boolean;
  /** In microdollars. */
  readonly budget?: number;
  /** In microdollars. */
  readonly assumePrice?: number;
  /** In milliseconds. */
  readonly deadline?: number;
  readonly json?: boolean;
  readonly home?: string;
};

/** `catwalk run`: everything is checked, and on a server that costs money consented to, before the first request. */
export async function run(file: string, options: RunArguments): Promise<void> {
  const read = await readGraph(file);
  const { unsure, ...opened } = { ...read, ...overridden(read.graph, options) };
  checkNodesNamed(options.to ?? [], opened.graph);
  checkTables(options.table ?? [], opened.graph);
  checkFaults(options.faults);
  const selection: RunSelection = options.to ? { kind: "to", nodeIds: [...options.to] } : { kind: "all" };
  const studio = await openStudio({ ...options, server: serverOf(options.server) });
  try {
    const graph = await withTables(studio, opened.graph, options.table ?? []);
    const isFromInput = file === standardInput;
    process.exitCode = await runOn(studio, { ...opened, graph }, selection, options, { unsure, isFromInput });
  } finally {
    await studio.close();
  }
}

async function runOn(
  studio: Studio,
  opened: GraphWithFolder,
  selection: RunSelection,
  options: RunArguments,
  { unsure, isFromInput }: { readonly unsure: Overridden["unsure"]; readonly isFromInput: boolean },
): Promise<ExitCode> {
  const limits = {
    fresh: options.fresh === true,
    ...(options.budget !== undefined && { budgetMicrodollars: options.budget }),
    ...(options.assumePrice !== undefined && { assumedPriceMicrodollars: options.assumePrice }),
  };
  const request = { ...opened, selection, limits };
  // Found without asking any server, so that a broken graph says so even when there is none.
  if (stops(await studio.check(request), opened)) return exitCode.usage;
  const preflight = await reached(studio.preflight(request), "Nothing was run");
  // By now the server has said which params it knows.
  const slip = unsure.find(({ nodeId, param }) =>
    preflight.problems.some(
      (problem) => problem.code === "unknown-param" && problem.nodeId === nodeId && problem.param === param,
    ),
  );
  if (slip) throw new CommandFailure(exitCode.usage, [slip.message, words.t("run.nothingRun")]);
  const { handle, ...told } = preflight;
  if (handle === undefined) {
    stops(preflight.problems, opened);
    return exitCode.usage;
  }
  for (const line of problemLines(preflight.problems, opened.graph)) note(line);
  for (const line of earlierDoubtLines(preflight, options)) note(line);
  if (limits.fresh) note(words.t("run.freshWarning"));
  if (options.dryRun) {
    if (options.json) printJson(told);
    else for (const line of dryRunLines(preflight, limits)) print(line);
    return isOverBudget(preflight, limits) ? exitCode.needsPerson : exitCode.done;
  }
  if (!preflight.isSandbox) {
    for (const line of consentLines(preflight, options.publish === true)) note(line);
    if (options.publish && (await studio.hasLedgerHoles())) note(words.t("run.ledgerDamaged"));
    const lacking = lackingWords(preflight, options);
    if (lacking !== undefined && isFromInput) {
      note(words.t("run.yesByStdin", { lacking }));
      return exitCode.needsPerson;
    }
    if (!(await agreed(preflight, options, "Nothing was run"))) return exitCode.needsPerson;
  }

  const plain = "the same line once more";
  return await followRun(options, { plain, posting: `${plain}, with --publish to post` }, (followed) =>
    studio.runGraph({
      ...followed,
      handle,
      publish: options.publish ? "flag" : "skip",
    }),
  );
}

/** @param nothing what was not done: "Nothing was run" */
export async function reached(preflight: Promise<Preflight>, nothing: string): Promise<Preflight> {
  try {
    return await preflight;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new CommandFailure(
      exitByCode[error.code] ?? exitCode.server,
      [`${words.told(error)} (${error.code})`, `${nothing}, and nothing was charged.`],
      { cause: error },
    );
  }
}

function checkNodesNamed(nodeIds: readonly string[], graph: Graph): void {
  const known = graph.nodes.map((node) => node.id);
  const unknown = nodeIds.filter((id) => !known.includes(id));
  if (unknown.length > 0)
    throw new CommandFailure(
      exitCode.usage,
      words.t("run.noSuchNodes", { unknown: unknown.join(" "), known: known.join(", ") }),
    );
}

function checkTables(texts: readonly string[], graph: Graph): void {
  for (const text of texts) {
    const override = parseTableOverride(text, graph);
    if (!override.ok) throw new CommandFailure(exitCode.usage, override.message);
  }
}

/** The sandbox would say the same, but as a server that does not start. */
export function checkFaults(faults: string | undefined): void {
  const parsed = sandboxOptions.safeParse({ state: "-", faults });
  if (!parsed.success) throw new CommandFailure(exitCode.usage, z.prettifyError(parsed.error).split("\n"));
}

function stops(problems: readonly Problem[], { graph }: GraphWithFolder): boolean {
  if (!problems.some((problem) => problem.severity === "error")) return false;
  for (const line of problemLines(problems, graph)) note(line);
  note(words.t("run.nothingRun"));
  return true;
}

export function consentLines(preflight: Preflight, publish: boolean): string[] {
  const { jobs, posts, estimateMicrodollars, unpricedSteps } = preflight;
  return [
    words.t("run.serverCosts", { server: preflight.serverLabel }),
    jobsLine(publish ? jobs : { ...jobs, publishes: 0 }),
    ...jobsOutLines(preflight),
    words.t("run.estimatedCost", { cost: costWords(estimateMicrodollars, unpricedSteps) }),
    ...posts.map((post) => {
      const caption = post.caption === "" ? words.t("run.withoutCaption") : JSON.stringify(post.caption);
      const earlier = earlierWords(post);
      return publish
        ? `Post to ${post.platform} as ${post.accountName}${whenWords(post)}: ${caption}${earlier === undefined ? "" : `; ${earlier}`}`
        : `Not posted without --publish: ${post.platform} as ${post.accountName}${whenWords(post)}`;
    }),
  ];
}

/** The flags that would stand in for a typed yes; undefined when they are given. `--yes` is to costs, not to paying twice. */
function lackingWords(preflight: Preflight, { yes, despiteDoubts }: Agreement): string | undefined {
  const lacking = [
    ...(yes ? [] : ["--yes"]),
    ...(doubtedSteps(preflight) === 0 || despiteDoubts ? [] : ["--despite-doubts"]),
  ];
  return lacking.length === 0 ? undefined : lacking.join(" ");
}

type Agreement = Pick<RunArguments, "yes" | "despiteDoubts">;

/** Whether a person has said yes to all they were shown, by flags or in so many words; it says what was not done. */
export async function agreed(preflight: Preflight, given: Agreement, nothing: string): Promise<boolean> {
  const lacking = lackingWords(preflight, given);
  if (lacking === undefined || (await typedYes())) return true;
  const doubted = doubtedSteps(preflight);
  note(
    doubted > 0 && !given.despiteDoubts
      ? `${nothing}: ${counted(doubted, "step")} may have been made and charged before, and would be made again. Settle the earlier run as said above, or add ${lacking} to make ${doubted === 1 ? "it" : "them"} all the same.`
      : `${nothing}. Add ${lacking} to go on without being asked.`,
  );
  return false;
}

export async function typedYes(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(words.t("run.typeYes"));
    return answer.trim().toLowerCase() === "yes";
  } catch (error) {
    // Ctrl-C and Ctrl-D end the question without an answer.
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    throw new CommandFailure(exitCode.cancelled, ["", words.t("run.cancelledNothing")], { cause: error });
  } finally {
    terminal.close();
  }
}

export function serverOf(text: string): NonNullable<StudioOptions["server"]> {
  if (text === "sandbox" || text === "live") return { kind: text };
  if (URL.canParse(text)) return { kind: "custom", url: text };
  throw new CommandFailure(exitCode.usage, words.t("run.serverIs", { text }));
}

function overridden(graph: Graph, { set = [] }: RunArguments): Overridden {
  const changed = withOverrides(graph, set, builtInCatalogue);
  if (!changed.ok) throw new CommandFailure(exitCode.usage, [changed.message, words.t("run.nothingRun")]);
  return changed.value;
}
