import { createHash, createHmac, randomBytes } from "node:crypto";
import { canonicalJson } from "../engine/canonical-json.ts";
import type { RemoteServer } from "../engine/deps.ts";
import type { DoubtPolicy } from "../engine/run.ts";
import type { StepState } from "../engine/run-state.ts";
import { indexGraph } from "../graph/graph-index.ts";
import { type Plan, type PlannedStep, type PlanResult, planRun } from "../graph/plan.ts";
import type { Problem } from "../graph/problems.ts";
import type { Graph } from "../graph/schema.ts";
import { selectNodes } from "../graph/selection.ts";
import { secretsIn } from "../graph/serialise.ts";
import { validate } from "../graph/validate.ts";
import { definitionOf, describeNode, isNodeType } from "../nodes/definitions.ts";
import { workOf } from "../nodes/executors.ts";
import type { StepValue, StepWork } from "../nodes/work.ts";
import type { Server } from "./connection.ts";
import type { Preflight, RunSelection } from "./contract.ts";
import type { RestingRun } from "./runs.ts";
import type { ResolvedGraph } from "./upload-files.ts";

/** What a run would be, together with the plan that would do exactly that. */
export type Rehearsal = {
  readonly preflight: Preflight;
  /** Absent while problems stop the run. */
  readonly plan?: Plan;
};

/** Signs what a person was shown, so that a run can tell whether they said yes to exactly this. Lives as long as the process. */
const consentKey = randomBytes(32);

/**
 * Everything wrong with a graph that can be found without asking a server. `error` stops the run of this selection.
 * A model that only the built-in catalogue lacks is a warning: the server may have it.
 */
export function checkGraph(
  { graph, problems }: ResolvedGraph,
  catalogue: Server["catalogue"],
  selection: RunSelection,
): Problem[] {
  return planWithProblems(graph, catalogue, selection, problems).problems.map((problem) =>
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
  const describe = describeNode(catalogue);
  const selected = selectNodes(indexGraph(graph, describe), selection);
  const planned = planRun(graph, describe, selection);
  const ofNodes = [...validate(graph, describe, selection), ...more].map((problem): Problem => {
    const nodeIds = problem.nodeIds ?? (problem.nodeId === undefined ? [] : [problem.nodeId]);
    return nodeIds.some((id) => selected.has(id)) ? problem : { ...problem, severity: "warning" };
  });
  const ofRun = planned.ok ? [] : planned.problems.filter(({ code }) => code === "nothing-to-run");
  // The whole graph is kept with its run, so a key stops it wherever it stands.
  return { planned, problems: [...ofRun, ...secretsIn(graph), ...ofNodes] };
}

/** Creates and uploads nothing; asks the server for prices alone. */
export async function rehearse(request: {
  readonly resolved: ResolvedGraph;
  readonly selection: RunSelection;
  readonly server: Server;
  readonly remote: RemoteServer;
}): Promise<Rehearsal> {
  const { resolved, selection, server, remote } = request;
  const { planned, problems: found } = planWithProblems(
    resolved.graph,
    server.catalogue,
    selection,
    resolved.problems,
  );
  const problems = planned.ok ? [...found, ...accountProblems(planned.plan, server)] : found;
  // A key in a prompt would travel with the question for its price.
  const mayAsk = !problems.some(({ code }) => code === "secret-in-graph");
  const rough = planned.ok && mayAsk ? roughWork(planned.plan) : [];
  const preflight = { ...(await outlookOf(rough, rough, server, remote)), problems };
  if (!planned.ok || problems.some(({ severity }) => severity === "error")) return { preflight };
  const { plan } = planned;
  return {
    plan,
    preflight: { ...preflight, consent: consentTo({ plan, selection }, server, preflight) },
  };
}

/** What resuming a run would still make. Creates and uploads nothing; asks the server for prices alone. */
export async function rehearseResume(request: {
  readonly resting: RestingRun;
  readonly inDoubt: DoubtPolicy;
  /** Whether a person is there to approve posts. */
  readonly attended: boolean;
  readonly server: Server;
  readonly remote: RemoteServer;
}): Promise<Preflight> {
  const { resting, inDoubt, attended, server, remote } = request;
  const { plan, row, state, publishPolicy } = resting;
  const mayPost = attended || publishPolicy === "flag" || publishPolicy === "sandbox";
  const all = roughWork(plan);
  const left = all.filter(({ step, kind }) => {
    if (kind === "publish" && !mayPost) return false;
    const stepState = state?.steps.get(step.stepId);
    return !stepState || mayStillCreate(stepState, state?.status === "running", inDoubt);
  });
  const preflight = await outlookOf(left, all, server, remote);
  const stepIds = left.map(({ step }) => step.stepId);
  return { ...preflight, consent: consentTo({ runId: row.runId, stepIds }, server, preflight) };
}

function mayStillCreate({ status, job, unanswered }: StepState, goesOn: boolean, inDoubt: DoubtPolicy) {
  if (status.kind === "in-doubt" || unanswered) return inDoubt === "retry";
  if (!goesOn) return false;
  return (
    status.kind === "waiting" ||
    status.kind === "waiting-for-approval" ||
    (status.kind === "running" && job === undefined)
  );
}

/** @param all where the captions of posts may come from. */
async function outlookOf(
  rough: readonly RoughStep[],
  all: readonly RoughStep[],
  server: Server,
  remote: RemoteServer,
): Promise<Preflight> {
  const costs = await Promise.all(rough.map((step) => costOf(step, server, remote)));
  return {
    problems: [],
    nodeIds: rough.map(({ step }) => step.nodeId),
    steps: rough.length,
    jobs: {
      uploads: countOf(rough, "upload"),
      generate: countOf(rough, "generate"),
      edits: countOf(rough, "edit"),
      publishes: countOf(rough, "publish"),
    },
    estimateMicrodollars: costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
    unpricedSteps: costs.filter((cost) => cost === undefined).length,
    posts: rough.flatMap(({ step }) => (step.type === "publish" ? [postOf(step, all, remote)] : [])),
    isSandbox: server.isSandbox,
    serverLabel: server.label,
  };
}

/** Bound to what runs, where, in which account, and to the costs and posts that were shown. */
function consentTo(what: object, server: Server, shown: Preflight): string {
  const { estimateMicrodollars, unpricedSteps, posts } = shown;
  const exactly = canonicalJson({
    ...what,
    origin: server.origin,
    scope: server.scope,
    estimateMicrodollars,
    unpricedSteps,
    posts,
  });
  return createHmac("sha256", consentKey)
    .update(createHash("sha256").update(exactly).digest())
    .digest("base64url");
}

function accountProblems(plan: Plan, server: Server): Problem[] {
  return plan.steps.flatMap((step): Problem[] => {
    const accountId = step.params["accountId"];
    if (step.type !== "publish" || typeof accountId !== "string" || accountId === "") return [];
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

/** A step with its work as far as it can be told before anything ran: texts of prompts are known, results are not. */
type RoughStep = {
  readonly step: PlannedStep;
  readonly kind: string;
  readonly work: StepWork;
};

function roughWork(plan: Plan): RoughStep[] {
  const texts = new Map<string, StepValue>();
  return plan.steps.map((step) => {
    const inputs: Record<string, StepValue[]> = {};
    for (const { portId, fromStep, fromPort } of step.inputs) {
      const text = texts.get(`${fromStep} ${fromPort}`);
      if (text) inputs[portId] = [...(inputs[portId] ?? []), text];
    }
    const work = workOf(step.type, step.params, inputs);
    if (work.kind === "finish")
      for (const { portId, value } of work.outputs) texts.set(`${step.stepId} ${portId}`, value);
    const kind = isNodeType(step.type) ? definitionOf(step.type).work.kind : "none";
    return { step, kind, work };
  });
}

function countOf(steps: readonly RoughStep[], kind: string): number {
  return steps.filter((step) => step.kind === kind).length;
}

/** Undefined where nobody says. Uploads, texts, local files, local renders and posts are on no price list. */
async function costOf(
  { kind, step, work }: RoughStep,
  { catalogue }: Server,
  remote: RemoteServer,
): Promise<number | undefined> {
  if (kind === "edit") {
    const via = step.params["via"];
    return via === "local" || (via === "auto" && catalogue.remoteEditing === "no") ? 0 : undefined;
  }
  if (work.kind !== "generate") return 0;
  const { family, model, prompt, params } = work;
  const body = { model, params, ...(prompt === undefined ? {} : { prompt }) };
  return await remote.estimate({ kind: "inference", family, body });
}

function postOf(
  step: PlannedStep,
  rough: readonly RoughStep[],
  remote: RemoteServer,
): Preflight["posts"][number] {
  const { platform, accountId, caption } = step.params;
  const wired = step.inputs.filter((input) => input.portId === "caption");
  const words = wired.map(({ fromStep }) => {
    const source = rough.find((one) => one.step.stepId === fromStep);
    const value = source?.work.kind === "finish" ? source.work.outputs[0]?.value : undefined;
    return value?.type === "text" ? value.text : `(the result of “${source?.step.title ?? "another step"}”)`;
  });
  const account = String(accountId ?? "");
  const onPlatform = platform === "tiktok" ? "tiktok" : "instagram";
  return {
    nodeId: step.nodeId,
    platform: onPlatform,
    accountName: remote.accountName(onPlatform, account) ?? account,
    caption: words.length > 0 ? words.join("\n\n") : String(caption ?? ""),
  };
}
