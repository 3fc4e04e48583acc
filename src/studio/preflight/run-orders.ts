import { createHash } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { counted } from "../../base/words.ts";
import type { DoubtPolicy, PublishPolicy } from "../../engine/index.ts";
import type { Problem } from "../../graph/document/problems.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { Library } from "../../library/library.ts";
import { isLedgerLost } from "../../library/salvage.ts";
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
import { checkGraph, consentCovers, rehearse, rehearseResume } from "./preflight.ts";
import type { PastPosts } from "./rough-steps.ts";

type GraphRequest = GraphWithFolder & {
  /** Default: everything. */
  readonly selection?: RunSelection;
  /** Default: earlier results are reused, and nothing bounds the cost. */
  readonly limits?: RunLimits;
};

export type RunRequest = GraphRequest & {
  /** From `Preflight.consent`; needed on any server but the sandbox. */
  readonly consent: string | undefined;
};

type ResumeOutlook = {
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
  readonly consent: string | undefined;
  /** As it was looked at. */
  readonly retry?: string;
};

/** From what a person asks for to an order: it says what that would do and cost, and gives none without a yes to exactly that. */
export type RunOrders = {
  /** Problems that can be found without a server, files included. */
  check(request: GraphRequest): Promise<readonly Problem[]>;
  /** @throws Refused when the server cannot be reached or refuses the key. */
  preflight(request: GraphRequest): Promise<Preflight>;
  /**
   * @param publish on the sandbox publishing needs no word, so there it is `sandbox` whatever is said here.
   * @throws InvalidGraph, Refused (`consent-needed` among them). Nothing has been created then.
   */
  toStart(request: RunRequest, publish: Exclude<PublishPolicy, "sandbox">): Promise<RunOrder>;
  /** What resuming would still do, cost and post. @throws Refused (`run-held`, `run-other-server` and others) */
  resumePreflight(outlook: ResumeOutlook): Promise<Preflight>;
  /** @throws Refused (`consent-needed`, and those of `resumePreflight`) */
  toResume(
    request: ResumeRequest & { readonly inDoubt: DoubtPolicy; readonly attended: boolean },
  ): Promise<Omit<ResumeOrder, "evenIfParked"> & { readonly retryStep?: StepId }>;
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
  const takes = {
    store: takeStore(library),
    has: (sha256: string) => library.files.has(sha256),
    pathOf: (sha256: string) => library.files.pathOf(sha256),
    sha256: (text: string) => createHash("sha256").update(text).digest("hex"),
  };

  /** What a look before a run knows of the server and of earlier results. */
  function known(server: Server) {
    const isUploaded = (sha256: string) => library.media.remoteIdOf(server.scope, sha256) !== undefined;
    return {
      ...{ server, remote: servers.remote(server), times: servers.share(server).traffic.times, ledger },
      takes: { ...takes, isUploaded },
    };
  }

  async function rehearsal(request: GraphRequest) {
    const { graph, folder, selection = { kind: "all" }, limits = { fresh: false } } = request;
    // Files first: what is wrong with them is told even when the server is not there.
    const resolved = await uploads.resolve(graph, folder);
    const server = await connections.ready();
    const { preflight, plan, doubts } = await rehearse({
      ...{ resolved, selection, limits, now: clock.now() },
      ...known(server),
    });
    return {
      ...{ plan, graph: resolved.graph, server, selection, limits },
      preflight: withDoubts(preflight, earlierDoubts.of(resolved.graph.id, server.scope, doubts)),
      toldDoubts: doubts.map(({ takeId }) => takeId),
    };
  }

  function withDoubts(preflight: Preflight, doubts: readonly EarlierDoubts[]): Preflight {
    return doubts.length > 0 ? { ...preflight, earlierDoubts: doubts } : preflight;
  }

  /** A ledger with holes cannot say that something was never sent, so no flag stands in for a person. */
  function flagOrAsk(policy: PublishPolicy): PublishPolicy {
    return policy === "flag" && isLedgerLost(library.settings) ? "ask" : policy;
  }

  async function resumeRehearsal({ runId, inDoubt = "ask", attended = true, retry: name }: ResumeOutlook) {
    const server = await connections.ready();
    const found = resting.get(runId, server);
    const retry = name === undefined ? undefined : stepToRetry(found, name);
    const { preflight, doubts } = await rehearseResume({
      ...{ resting: found, inDoubt, attended, retry },
      ...known(server),
    });
    return {
      ...(retry === undefined ? {} : { retryStep: retry }),
      server,
      preflight: withDoubts(preflight, earlierDoubts.ofSteps(doubts)),
      toldDoubts: doubts.map(({ takeId }) => takeId),
    };
  }

  return {
    check: async ({ graph, folder, selection = { kind: "all" } }) =>
      checkGraph(await uploads.resolve(graph, folder), connections.catalogue(), selection, clock.now()),
    preflight: async (request) => (await rehearsal(request)).preflight,
    async toStart(request, publish) {
      const { plan, preflight, ...order } = await rehearsal(request);
      const { server } = order;
      if (!plan) throw new InvalidGraph(preflight.problems);
      if (!server.isSandbox && !consentCovers(request.consent, preflight.consent))
        throw new Refused(
          "consent-needed",
          `A run on ${server.label} makes paid jobs, and nobody has said yes to exactly this one.`,
          "Look at what it will do and cost, and start it from there.",
        );
      return { ...order, plan, publishPolicy: server.isSandbox ? "sandbox" : flagOrAsk(publish) };
    },
    resumePreflight: async (outlook) => (await resumeRehearsal(outlook)).preflight,
    async toResume({ consent, ...outlook }) {
      const { server, preflight, ...found } = await resumeRehearsal(outlook);
      const { runId, inDoubt, attended } = outlook;
      const order = { runId, server, inDoubt, attended, ...found };
      if (!server.isSandbox && preflight.steps > 0 && !consentCovers(consent, preflight.consent))
        throw new Refused(
          "consent-needed",
          `Going on with this run may make paid jobs on ${server.label}, and nobody has said yes to exactly these.`,
          "Look at what it will still do and cost, and resume it from there.",
        );
      return order;
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
