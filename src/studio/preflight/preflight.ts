import { isJsonObject } from "../../base/json-object.ts";
import type { DoubtPolicy, JobTimes, RemoteServer } from "../../engine/index.ts";
import {
  isPost,
  isUnfinished,
  jobLeft,
  lacksAnswer,
  offers,
  type RunState,
  type StepState,
  stepsOfRetry,
  stepsWithoutBytes,
} from "../../engine/record.ts";
import type { Problem } from "../../graph/document/problems.ts";
import type { Graph } from "../../graph/document/schema.ts";
import { secretsIn } from "../../graph/document/serialise.ts";
import type { Plan, PlannedStep, StepId } from "../../graph/plan/plan.ts";
import { type PlanResult, validateAndPlan } from "../../graph/plan/plan-run.ts";
import { rowKeysOf } from "../../graph/plan/step-id.ts";
import { describeNode } from "../../nodes/definitions.ts";
import { scheduleParam } from "../../nodes/publish/platforms/platform.ts";
import { findPlatform } from "../../nodes/publish/platforms/platforms.ts";
import { type Schedule, scheduleOf, scheduleTrouble, unreadableWords } from "../../nodes/publish/schedule.ts";
import type { Preflight, RunLimits, RunSelection } from "../contract/preflight.ts";
import type { ResolvedGraph } from "../media/upload-files.ts";
import type { RestingRun } from "../runs/resting-runs.ts";
import type { Server } from "../server/connection.ts";
import {
  type ExpectedStep,
  expectedSteps,
  type FoundDoubt,
  type KnownTakes,
  type PastPosts,
} from "./expected-steps.ts";
import { jobClassesOf, nodeForecasts } from "./node-forecast.ts";
import { pricesOf } from "./prices.ts";
import { type Terms, termsOf } from "./terms.ts";

/** What a person is shown before a run, and what has to hold for a start to be just that. */
export type Look = {
  readonly preflight: Preflight;
  /** What other runs may have made of what this one would make. */
  readonly doubts: readonly FoundDoubt[];
  readonly terms: Terms;
};

/**
 * Everything wrong with a graph that can be found without asking a server. `error` stops the run of this selection.
 * A model that only the built-in catalogue lacks is a warning: the server may have it.
 */
export function checkGraph(
  { graph, problems }: ResolvedGraph,
  catalogue: Server["catalogue"],
  selection: RunSelection,
  now: number,
): Problem[] {
  const { planned, problems: found } = planWithProblems(graph, catalogue, selection, problems);
  const times = planned.ok ? scheduleProblems(planned.plan, now) : [];
  return [...found, ...times].map((problem) =>
    problem.code === "unknown-model" && catalogue.source === "built-in"
      ? { ...problem, severity: "warning" }
      : problem,
  );
}

/** The plan, and every problem: as an error where it stops this run, as a warning where its node does not run. */
function planWithProblems(
  graph: Graph,
  catalogue: Server["catalogue"],
  selection: RunSelection,
  more: readonly Problem[],
): { readonly planned: PlanResult; readonly problems: readonly Problem[] } {
  const { planned, selected, problems: found } = validateAndPlan(graph, describeNode(catalogue), selection);
  // A path that leads out of the folder is seen in the graph and again in the look for its file.
  const news = more.filter(
    ({ code, nodeId }) => !found.some((known) => known.code === code && known.nodeId === nodeId),
  );
  const ofNodes = [...found, ...news].map((problem): Problem => {
    const nodeIds = problem.nodeIds ?? (problem.nodeId === undefined ? [] : [problem.nodeId]);
    return nodeIds.some((id) => selected.has(id)) ? problem : { ...problem, severity: "warning" };
  });
  const ofRun = planned.ok ? [] : planned.problems.filter(({ code }) => code === "nothing-to-run");
  // The whole graph is kept with its run, so a key stops it wherever it stands.
  return { planned, problems: [...ofRun, ...secretsIn(graph), ...ofNodes] };
}

/** What a look before a run asks. */
type Asked = {
  readonly server: Server;
  readonly remote: RemoteServer;
  readonly takes: KnownTakes;
  readonly ledger: PastPosts;
  /** Default: nothing is known of how long jobs take. */
  readonly times?: Pick<JobTimes, "forecast" | "learn">;
};

/**
 * Plans a graph and says what the run would do. Creates and uploads nothing; asks the server for prices alone.
 *
 * @returns without a plan while problems stop the run.
 */
export async function lookAtGraph(
  request: Asked & {
    readonly resolved: ResolvedGraph;
    readonly selection: RunSelection;
    readonly limits: RunLimits;
    /** In milliseconds since the epoch: times to post at must be ahead of it. */
    readonly now: number;
  },
): Promise<Look & { readonly plan?: Plan }> {
  const { resolved, selection, server } = request;
  const { planned, problems } = planWithProblems(
    resolved.graph,
    server.catalogue,
    selection,
    resolved.problems,
  );
  if (!planned.ok) {
    const forecast = await forecastOf([], [], request);
    return { preflight: { ...forecast, problems }, doubts: [], terms: termsOf([], forecast, [], server) };
  }
  const look = await lookAtPlan({ ...request, plan: planned.plan, problems });
  return hasErrors(look.preflight) ? look : { ...look, plan: planned.plan };
}

/**
 * What a run of this plan would do now. A start asks once more, of the very plan that was looked at.
 *
 * @param request.problems found in the graph before it was planned
 */
export async function lookAtPlan(
  request: Asked & {
    readonly plan: Plan;
    readonly limits: RunLimits;
    readonly now: number;
    readonly problems: readonly Problem[];
  },
): Promise<Look> {
  const { plan, server } = request;
  const problems = [
    ...request.problems,
    ...accountProblems(plan, server),
    ...scheduleProblems(plan, request.now),
  ];
  // A key in a prompt would travel with the question for its price.
  const mayAsk = !problems.some(({ code }) => code === "secret-in-graph");
  const expected = mayAsk ? await expectedSteps(request) : { steps: [], problems: [], doubts: [] };
  const { steps, doubts } = expected;
  const forecast = await forecastOf(steps, steps, request);
  const terms = termsOf([], forecast, doubts, server);
  return { preflight: shown({ ...forecast, problems: [...problems, ...expected.problems] }), doubts, terms };
}

export function hasErrors({ problems }: Pick<Preflight, "problems">): boolean {
  return problems.some(({ severity }) => severity === "error");
}

/** What resuming a run would still make. Creates and uploads nothing; asks the server for prices alone. */
export async function lookAtResume(
  request: Asked & {
    readonly resting: RestingRun;
    readonly inDoubt: DoubtPolicy;
    /** Whether a person is there to approve posts. */
    readonly attended: boolean;
    /** The one step that is to be made again. Default: the run goes on with what is left of it. */
    readonly retry?: StepId | undefined;
  },
): Promise<Look> {
  const { resting, inDoubt, attended, retry, server } = request;
  const { plan, row, state, publishPolicy, limits } = resting;
  const mayPost = attended || publishPolicy === "flag" || publishPolicy === "sandbox";
  const left = { runId: row.runId, state };
  const again = againIn(state, attended, retry);
  const { steps: all, doubts } = await expectedSteps({
    ...{ ...request, plan, limits, left, again },
    ...(retry === undefined ? {} : { anew: retry }),
  });
  const goesOn =
    retry === undefined &&
    (state?.status === "running" || (!attended && state !== undefined && hasOutstanding(state)));
  const ahead = all.filter(({ step, kind }) => {
    if (kind === "publish" && !mayPost) return false;
    const stepState = state?.steps.get(step.stepId);
    return !stepState || again.has(step.stepId) || mayStillCreate(stepState, goesOn, inDoubt);
  });
  const forecast = await forecastOf(ahead, all, request);
  const stepIds = ahead.map(({ step }) => step.stepId);
  return { preflight: shown(forecast), doubts, terms: termsOf(stepIds, forecast, doubts, server) };
}

/** What starts over in a run at rest: see `HeadlessRuns.resumeGraph`. */
function againIn(state: RunState | undefined, attended: boolean, retry: StepId | undefined) {
  if (!state) return noSteps;
  if (retry !== undefined) return stepsOfRetry(state, retry);
  return attended ? noSteps : stepsWithoutBytes(state);
}
const noSteps: ReadonlySet<StepId> = new Set();

/** Whether a run at rest has something that a command line goes on with: see `HeadlessRuns.resumeGraph`. */
function hasOutstanding({ steps }: RunState): boolean {
  return [...steps.values()].some((step) => offers(step, "check") || step.status.kind === "cancelled");
}

const noTimes: Pick<JobTimes, "forecast" | "learn"> = { forecast: () => undefined, learn: async () => {} };

function mayStillCreate(step: StepState, goesOn: boolean, inDoubt: DoubtPolicy) {
  if (lacksAnswer(step)) return inDoubt === "retry";
  const { kind } = step.status;
  return goesOn && (isUnfinished(kind) || kind === "cancelled") && jobLeft(step) === undefined;
}

/** So many posts are shown one by one. How many there are `jobs` says, and consent is to all of them. */
const POSTS_SHOWN = 100;

function shown(preflight: Preflight): Preflight {
  return { ...preflight, posts: preflight.posts.slice(0, POSTS_SHOWN) };
}

/** @param all where the captions of posts may come from. @returns every post, to be consented to. */
async function forecastOf(
  expected: readonly ExpectedStep[],
  all: readonly ExpectedStep[],
  { server, remote, times = noTimes }: Pick<Asked, "server" | "remote" | "times">,
): Promise<Preflight> {
  const costs = await costsOf(expected, server, remote);
  const steps = expected.map((one, at) => ({ ...one, costMicrodollars: costs[at] }));
  const titles = new Map(all.map(({ step }) => [step.stepId, step.title]));
  const classes = new Map(
    steps.flatMap((step) => (jobClassesOf(step) ?? []).map((one) => [`${one.kind} ${one.model}`, one])),
  );
  await Promise.all([...classes.values()].map((one) => times.learn(one)));
  return {
    problems: [],
    ...nodeForecasts(steps, times),
    nodeIds: [...new Set(expected.map(({ step }) => step.nodeId))],
    steps: expected.length,
    jobs: {
      uploads: countOf(expected, "upload") + expected.reduce((sum, { uploads = 0 }) => sum + uploads, 0),
      generate: countOf(expected, "generate"),
      edits: countOf(expected, "edit"),
      publishes: countOf(expected, "publish"),
    },
    estimateMicrodollars: costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
    reusedSteps: expected.filter(({ reused }) => reused && !reused.isOut).length,
    ...jobsOut(expected),
    savedMicrodollars: expected.reduce((sum, { reused }) => sum + (reused?.savedMicrodollars ?? 0), 0),
    unpricedSteps: costs.filter((cost) => cost === undefined).length,
    posts: expected.flatMap((one) => (one.kind === "publish" ? [postOf(one, titles, remote)] : [])),
    isSandbox: server.isSandbox,
    serverLabel: server.label,
  };
}

function jobsOut(expected: readonly ExpectedStep[]): Pick<Preflight, "jobsOut"> {
  const count = expected.filter(({ reused }) => reused?.isOut).length;
  return count === 0 ? {} : { jobsOut: count };
}

function scheduleIn({ params }: PlannedStep): Schedule {
  const { params: ofPlatform } = params;
  return isJsonObject(ofPlatform) ? scheduleOf(ofPlatform) : { kind: "none" };
}

/** So many rows of one node are told one by one. */
const TIMES_TOLD = 5;

/** Times to post at that the platform would not take, row by row: told before anything is paid. */
function scheduleProblems(plan: Plan, now: number): Problem[] {
  const told = new Map<string, number>();
  return plan.steps.flatMap((step): Problem[] => {
    if (!isPost(step)) return [];
    const schedule = scheduleIn(step);
    const rule = findPlatform(step.params["platform"])?.schedule;
    // A time that is the same for all rows, and cannot be read, is a problem of the node already.
    if (schedule.kind === "none" || !rule || (schedule.kind === "unreadable" && step.itemPath.length === 0))
      return [];
    const trouble =
      schedule.kind === "at" ? scheduleTrouble(schedule.at, now, rule) : unreadableWords(schedule.text);
    if (trouble === undefined) return [];
    const count = (told.get(step.nodeId) ?? 0) + 1;
    told.set(step.nodeId, count);
    if (count > TIMES_TOLD) return [];
    const row = rowKeysOf(step.itemPath).join(" · ");
    return [
      {
        code: "invalid-param",
        severity: "error",
        message: row === "" ? trouble : `Row “${row}”: ${trouble}`,
        remedy: "Set another time, or leave it empty to post as soon as it is approved.",
        nodeId: step.nodeId,
        param: `params.${scheduleParam}`,
      },
    ];
  });
}

function accountProblems(plan: Plan, server: Server): Problem[] {
  const looked = new Set<string>();
  return plan.steps.flatMap((step): Problem[] => {
    const accountId = step.params["accountId"];
    // All items of a node go to the same account.
    if (looked.has(step.nodeId)) return [];
    looked.add(step.nodeId);
    if (!isPost(step) || typeof accountId !== "string" || accountId === "") return [];
    const known = server.accounts.some(
      (account) => account.accountId === accountId && account.platform === step.params["platform"],
    );
    if (known) return [];
    return [
      {
        code: "account-missing",
        severity: "error",
        message: `The account of “${step.title}” is not among the accounts on ${server.label}.`,
        remedy: "Choose one of your accounts.",
        nodeId: step.nodeId,
        param: "accountId",
      },
    ];
  });
}

/** Those that have to be made. */
function countOf(steps: readonly ExpectedStep[], kind: string): number {
  return steps.filter((step) => step.kind === kind && !step.reused).length;
}

/** Undefined where nobody says. Uploads, texts, local files, local renders and posts are on no price list. */
async function costsOf(
  expected: readonly ExpectedStep[],
  { catalogue }: Server,
  remote: RemoteServer,
): Promise<readonly (number | undefined)[]> {
  const priced = expected.flatMap(({ work, reused }, at) => {
    if (work.kind !== "generate" || reused) return [];
    const { path, model, prompt, params } = work;
    const body = { model, params, ...(prompt === undefined ? {} : { prompt }) };
    return [{ at, request: { kind: "inference", path, body } as const }];
  });
  const prices = await pricesOf(
    priced.map(({ request }) => request),
    remote,
  );
  const costs = expected.map(({ kind, step, reused }): number | undefined => {
    if (kind !== "edit" || reused) return 0;
    const via = step.params["via"];
    return via === "local" || (via === "auto" && catalogue.remoteEditing === "no") ? 0 : undefined;
  });
  for (const [nth, { at }] of priced.entries()) costs[at] = prices[nth];
  return costs;
}

function postOf(
  { step, arrived, earlier }: ExpectedStep,
  titles: ReadonlyMap<StepId, string>,
  remote: RemoteServer,
): Preflight["posts"][number] {
  const { accountId, caption } = step.params;
  const platform = String(step.params["platform"]);
  const wired = step.inputs.filter((input) => input.portId === "caption");
  const known = (arrived["caption"] ?? []).flatMap((value) => (value.type === "text" ? [value.text] : []));
  const words =
    known.length === wired.length
      ? known
      : wired.map(({ fromStep }) => `(the result of “${titles.get(fromStep) ?? "another step"}”)`);
  const account = String(accountId ?? "");
  const schedule = scheduleIn(step);
  return {
    nodeId: step.nodeId,
    platform,
    accountId: account,
    accountName: remote.accountName(platform, account) ?? account,
    caption: words.length > 0 ? words.join("\n\n") : String(caption ?? ""),
    ...(schedule.kind === "at" ? { scheduledFor: schedule.at } : {}),
    ...(earlier?.lastSentAt === undefined ? {} : { lastSentAt: earlier.lastSentAt }),
    ...(earlier?.unsettled ? { isBlocked: true } : {}),
  };
}
