import { mediaKindsOf } from "../../graph/describe/ports.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import { createRecorder } from "../journal/recorder.ts";
import { createSignals } from "../journal/signals.ts";
import { createTraffic } from "../limits/limits.ts";
import type { EngineDeps } from "../ports/deps.ts";
import { foldEvents } from "../record/fold.ts";
import { createResults } from "../results/results.ts";
import { createUploads } from "../results/uploads.ts";
import type { RunLeftovers, RunSetup } from "../step/run-setup.ts";
import type { RunContext } from "../step/step-context.ts";
import { createReuse } from "../takes/reuse.ts";
import { headsIn, type StepNodes } from "./step-nodes.ts";

/** Puts together what the steps of a run share, from its beginning or from what an earlier process left. */
export function createRunContext(
  setup: RunSetup,
  leftovers: RunLeftovers | undefined,
  deps: EngineDeps,
  nodes: StepNodes,
  /** `onFetched`: a fetch of a result has ended, well or badly. */
  on: { onBroken(): void; onFetched(): void },
): RunContext {
  const { runId, plan } = setup;
  const { clock, server } = deps;
  const random = () => deps.random();
  const traffic = setup.traffic ?? createTraffic(deps);
  const signals = createSignals({ runId, clock, onSignal: (signal) => deps.onSignal(signal) });
  const recorder = createRecorder(
    runId,
    leftovers
      ? foldEvents(undefined, leftovers.events)
      : {
          type: "run-started",
          graphId: plan.graphId,
          graphName: plan.graphName,
          scope: server.scope,
          serverLabel: server.label,
          ...(setup.budget ? { budgetMicrodollars: setup.budget.limit } : {}),
          steps: headsIn(plan, nodes),
        },
    {
      clock,
      journal: deps.journal,
      onEvents: (events) => deps.onEvents(events),
      onBroken: on.onBroken,
    },
  );
  const results = createResults({
    ...{ clock, random, server, media: deps.media, limits: deps.limits },
    ...{ fetches: traffic.fetches, recorder, signals },
    kindsOf(stepId, index) {
      const portId = recorder.latest.step(stepId).outputs[index]?.portId;
      const port = nodes.get(stepId)?.planned.outputs.find(({ id }) => id === portId);
      return port ? mediaKindsOf(port.type) : [];
    },
    takesWith: (stepId, index, media) => reuse.changesWithStored(stepId, index, media),
    onEnd: on.onFetched,
  });
  const reuse = createReuse({
    ...{ clock, server, runId, graphId: plan.graphId, steps: nodes, recorder, signals },
    earlier: leftovers ? recorder.latest.state().steps.values() : [],
    ...{ takes: deps.takes, media: deps.media, fresh: setup.fresh ?? false },
    toldDoubts: setup.toldDoubts ?? new Set(),
    sha256: (text) => deps.sha256(text),
  });
  return {
    ...{ setup, deps, traffic, recorder, signals, results, reuse },
    uploads: createUploads({ clock, server, random, slots: traffic.uploads, signals }),
    sent: {
      // Where steps have one per attempt, the newest stands last.
      posts: new Map((leftovers?.posts ?? []).map((row) => [row.stepId as StepId, row])), // a step id of this run's own
      lostJobs: [],
    },
  };
}
