import { createHash } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { counted } from "../../base/words.ts";
import type { DoubtPolicy, PublishPolicy } from "../../engine/index.ts";
import { isSameContent } from "../../graph/changes/changes.ts";
import type { Problem } from "../../graph/document/problems.ts";
import type { Graph } from "../../graph/document/schema.ts";
import type { Plan, StepId } from "../../graph/plan/plan.ts";
import type { Library } from "../../library/index.ts";
import type { EarlierDoubts, Preflight, RunLimits, RunSelection } from "../contract/preflight.ts";
import type { GraphWithFolder } from "../ground/options.ts";
import { InvalidGraph, Refused } from "../ground/refused.ts";
import type { UploadFiles } from "../media/upload-files.ts";
import { takeStore } from "../results/takes.ts";
import type { RestingRun, RestingRuns } from "../runs/resting-runs.ts";
import type { ResumeOrder, RunOrder } from "../runs/run-starts.ts";
import type { Connections, Server } from "../server/connection.ts";
import type { ServerShares } from "../server/server-shares.ts";
import { createEarlierDoubts } from "./earlier-doubts.ts";
import type { PastPosts } from "./expected-steps.ts";
import { createLooks, preflightVoid } from "./looks.ts";
import { checkGraph, hasErrors, lookAtGraph, lookAtPlan, lookAtResume } from "./preflight.ts";
import { changeSince, type Terms } from "./terms.ts";

type GraphRequest = GraphWithFolder & {
  /** Default: everything. */
  readonly selection?: RunSelection;
  /** Default: earlier results are reused, and nothing bounds the cost. */
  readonly limits?: RunLimits;
};

export type RunRequest = {
  /** From `Preflight.handle`: what was looked at is what starts. */
  readonly handle: string;
};

type ResumeLook = {
  readonly runId: string;
  /** Default: `ask`. */
  readonly inDoubt?: DoubtPolicy;
  /** Whether a person is there to approve posts. Default: true. */
  readonly attended?: boolean;
  /** The step, or the node of one step, that is to be made again; nothing else of the run goes on then. */
  readonly retry?: string;
};

export type ResumeRequest = {
  readonly runId: string;
  /** From `resumePreflight`; needed on any server but the sandbox for what may still be made. */
  readonly handle: string | undefined;
  /** As it was looked at. */
  readonly retry?: string;
};

/** Says what a run would do and cost, and gives the order for exactly that. */
export type RunOrders = {
  /** Problems that can be found without a server, files included. */
  check(request: GraphRequest): Promise<readonly Problem[]>;
  /** @throws Refused when the server cannot be reached or refuses the key. */
  preflight(request: GraphRequest): Promise<Preflight>;
  /** As `preflight`, for a person who edits: nothing is kept to be started from it. */
  forecast(request: GraphRequest): Promise<Preflight>;
  /**
   * @param publish on the sandbox publishing needs no word, so there it is `sandbox` whatever is said here.
   * @throws InvalidGraph, Refused (`preflight-void` when it is not what was looked at). Nothing has been created then.
   */
  toStart(request: RunRequest, publish: Exclude<PublishPolicy, "sandbox">): Promise<RunOrder>;
  /** What resuming would still do, cost and post. @throws Refused (`run-held`, `run-other-server` and others) */
  resumePreflight(outlook: ResumeLook): Promise<Preflight>;
  /** @throws Refused (`consent-needed`, `preflight-void`, and those of `resumePreflight`) */
  toResume(
    request: ResumeRequest & { readonly inDoubt: DoubtPolicy; readonly attended: boolean },
  ): Promise<Omit<ResumeOrder, "evenIfParked"> & { readonly retryStep?: StepId }>;
};

type StartLook = {
  readonly request: GraphRequest;
  /** Of the document as the library kept it. */
  readonly revision: number | undefined;
  /** With its files as they were. */
  readonly graph: Graph;
  readonly plan: Plan;
  readonly selection: RunSelection;
  readonly limits: RunLimits;
  readonly terms: Terms;
};

export function createRunOrders(deps: {
  readonly library: Library;
  readonly uploads: UploadFiles;
  readonly connections: Connections;
  readonly resting: Pick<RestingRuns, "get">;
  readonly ledger: PastPosts;
  readonly servers: ServerShares;
  readonly clock: Pick<Clock, "now">;
}): RunOrders {
  const { library, uploads, connections, resting, ledger, servers, clock } = deps;
  const earlierDoubts = createEarlierDoubts(library);
  const starts = createLooks<StartLook>();
  const resumes = createLooks<{ readonly runId: string; readonly terms: Terms }>();
  const takes = {
    store: takeStore(library),
    has: (sha256: string) => library.files.has(sha256),
    pathOf: (sha256: string) => library.files.pathOf(sha256),
    sha256: (text: string) => createHash("sha256").update(text).digest("hex"),
  };

  /** What a look before a run knows of the server and of earlier results. */
  function known(server: Server) {
    const isUploaded = async (sha256: string) =>
      (await library.media.remoteIdOf(server.scope, sha256)) !== undefined;
    return {
      ...{ server, remote: servers.remote(server), times: servers.share(server).traffic.times, ledger },
      takes: { ...takes, isUploaded },
    };
  }

  async function lookAt(request: GraphRequest) {
    const { graph, folder, selection = { kind: "all" }, limits = { fresh: false } } = request;
    // Files first: what is wrong with them is told even when the server is not there.
    const resolved = await uploads.resolve(graph, folder);
    const server = await connections.ready();
    const { preflight, plan, doubts, terms } = await lookAtGraph({
      ...{ resolved, selection, limits, now: clock.now() },
      ...known(server),
    });
    return {
      look: plan && { ...{ request, plan, selection, limits, terms }, graph: resolved.graph },
      preflight: withDoubts(preflight, await earlierDoubts.of(resolved.graph.id, server.scope, doubts)),
    };
  }

  /** An edit in any window counts. A graph that the library does not keep changes only in the hands of its host. */
  async function revisionOf({ graph }: GraphRequest): Promise<number | undefined> {
    return (await library.documents.get(graph.id))?.revision;
  }

  function withDoubts(preflight: Preflight, doubts: readonly EarlierDoubts[]): Preflight {
    return doubts.length > 0 ? { ...preflight, earlierDoubts: doubts } : preflight;
  }

  /** A ledger with holes cannot say that something was never sent, so no flag stands in for a person. */
  async function flagOrAsk(policy: PublishPolicy): Promise<PublishPolicy> {
    return policy === "flag" && (await library.ledger.hasHoles()) ? "ask" : policy;
  }

  async function lookAtLeft({ runId, inDoubt = "ask", attended = true, retry: name }: ResumeLook) {
    const server = await connections.ready();
    const found = await resting.get(runId, server);
    const retry = name === undefined ? undefined : stepToRetry(found, name);
    const { preflight, doubts, terms } = await lookAtResume({
      ...{ resting: found, inDoubt, attended, retry },
      ...known(server),
    });
    return {
      ...(retry === undefined ? {} : { retryStep: retry }),
      ...{ server, terms },
      preflight: withDoubts(preflight, await earlierDoubts.ofSteps(doubts)),
      toldDoubts: doubts.map(({ takeId }) => takeId),
    };
  }

  return {
    check: async ({ graph, folder, selection = { kind: "all" } }) =>
      checkGraph(await uploads.resolve(graph, folder), connections.catalogue(), selection, clock.now()),
    async preflight(request) {
      const revision = await revisionOf(request);
      const { look, preflight } = await lookAt(request);
      return look ? { ...preflight, handle: starts.keep({ ...look, revision }) } : preflight;
    },
    forecast: async (request) => (await lookAt(request)).preflight,
    async toStart({ handle }, publish) {
      const { request, revision, terms, ...order } = starts.take(handle);
      if (revision !== undefined && (await revisionOf(request)) !== revision)
        throw preflightVoid("The graph has changed since you looked.");
      const files = await uploads.resolve(request.graph, request.folder);
      if (!isSameContent(files.graph, order.graph))
        throw preflightVoid("A file of the graph has changed since you looked.");
      const server = await connections.ready();
      const now = await lookAtPlan({
        ...{ ...order, problems: files.problems, now: clock.now() },
        ...known(server),
      });
      if (hasErrors(now.preflight)) throw new InvalidGraph(now.preflight.problems);
      const change = changeSince(terms, now.terms);
      if (change !== undefined) throw preflightVoid(change);
      return {
        ...{ ...order, server },
        toldDoubts: now.doubts.map(({ takeId }) => takeId),
        publishPolicy: server.isSandbox ? "sandbox" : await flagOrAsk(publish),
      };
    },
    async resumePreflight(outlook) {
      const { preflight, terms } = await lookAtLeft(outlook);
      return { ...preflight, handle: resumes.keep({ runId: outlook.runId, terms }) };
    },
    async toResume({ handle, ...outlook }) {
      const seen = handle === undefined ? undefined : resumes.take(handle);
      const { server, preflight, terms, ...found } = await lookAtLeft(outlook);
      const { runId, inDoubt, attended } = outlook;
      if (seen) {
        const change =
          seen.runId === runId ? changeSince(seen.terms, terms) : "You looked at another run than this one.";
        if (change !== undefined) throw preflightVoid(change);
      } else if (!server.isSandbox && preflight.steps > 0)
        throw new Refused(
          "consent-needed",
          `To resume this run may make paid jobs on ${server.label}, and no person has said yes to them.`,
          "Look at what it will still do and cost, and resume it from there.",
        );
      return { runId, server, inDoubt, attended, ...found };
    },
  };
}

/** @throws Refused `run-unfinished` or `step-missing` */
function stepToRetry({ row, state }: RestingRun, name: string): StepId {
  if (!state || state.status === "running")
    throw new Refused(
      "run-unfinished",
      "This run was interrupted, so its steps are not at rest.",
      `Go on with it first: catwalk resume ${row.runId}`,
    );
  const named = [...state.steps.values()].filter(({ stepId, nodeId }) => stepId === name || nodeId === name);
  const [step] = named;
  if (step && (named.length === 1 || step.stepId === name)) return step.stepId;
  const choice = (named.length > 0 ? named : [...state.steps.values()]).slice(0, STEPS_NAMED);
  throw new Refused(
    "step-missing",
    named.length > 0 ? `“${name}” has ${counted(named.length, "step")}.` : `This run has no step “${name}”.`,
    `Name one of these: ${choice.map(({ stepId }) => stepId).join(", ")}.`,
  );
}

/** So many steps are named to choose from. */
const STEPS_NAMED = 10;
