import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DoubtPolicy, PublishPolicy, Run } from "../../engine/index.ts";
import { createInputs } from "../../engine/index.ts";
import type { RunState } from "../../engine/record.ts";
import { offers, type RunEvent, type RunOutcome, type RunSignal } from "../../engine/record.ts";
import type { Plan, StepId } from "../../graph/plan/plan.ts";
import { rowKeysOf } from "../../graph/plan/step-id.ts";
import type { Library } from "../../library/index.ts";
import type { WorkOf } from "../../nodes/definition/work.ts";
import { workKindOf } from "../../nodes/definitions.ts";
import { workOf } from "../../nodes/executors.ts";
import { Refused } from "../ground/refused.ts";
import { createSaver, type FolderSaver } from "../media/saver.ts";
import type { ResumeRequest, RunOrders, RunRequest } from "../preflight/run-orders.ts";
import { writeRunReport } from "../runs/run-report.ts";
import type { StudioRuns } from "../runs/runs.ts";

export type Headless = {
  /** Where results and `run.json` go. Default: where the run was told to at first, else `out/RUN_ID` in the working folder. */
  readonly outFolder?: string | undefined;
  onEvent?(event: RunEvent): void;
  onSignal?(signal: RunSignal): void;
  /** Cancels the run: creates in flight are awaited, and remote jobs go on. */
  readonly signal?: AbortSignal;
};

type HeadlessRunRequest = RunRequest &
  Headless & {
    /** On the sandbox publishing needs no word, so there it is `sandbox` whatever is said here. */
    readonly publish: Exclude<PublishPolicy, "ask" | "sandbox">;
  };

export type HeadlessResumeRequest = ResumeRequest &
  Headless & {
    readonly inDoubt: DoubtPolicy;
    /** The run as it was left, before anything is told of how it goes on. */
    onOpen?(state: RunState): void;
  };

/** A result that is not in the folder, because its bytes are no longer in the library. */
type Unsaved = { readonly title: string; readonly message: string };

export type HeadlessRun = {
  readonly runId: string;
  readonly outcome: RunOutcome;
  readonly state: RunState;
  readonly outFolder: string;
  /** Of the run's report in that folder: `run.json`, or with a number where another run's is there. */
  readonly reportName: string;
  readonly unsaved: readonly Unsaved[];
};

/** Runs that somebody waits for, as a command line does: each begins at once, and leaves a folder with everything it made. */
export type HeadlessRuns = {
  /** Runs to the end, whatever the queue, saves every result and `run.json` into a folder. @throws as `Studio.start` */
  runGraph(request: HeadlessRunRequest): Promise<HeadlessRun>;
  /**
   * Goes on to the end, as `runGraph`, also where the run was cancelled. Jobs that are out are looked at once more; posts
   * keep to what the run was started with. With `retry` one step is made again, and nothing else goes on.
   * @throws as `Studio.resume`
   */
  resumeGraph(request: HeadlessResumeRequest): Promise<HeadlessRun>;
};

export function createHeadlessRuns(deps: {
  readonly library: Library;
  readonly runs: StudioRuns;
  readonly orders: RunOrders;
  readonly homeFolder: string;
}): HeadlessRuns {
  const { library, runs, orders, homeFolder } = deps;

  /** Where the results of a request go, and what its run is given on the way. The folder may be named after the run. */
  function outFolderOf(request: Headless, { resumes = false } = {}) {
    let folder = request.outFolder ?? "";
    let saver = createSaver(folder, library.files);
    return {
      place: () => ({ folder, saver }),
      hooks: {
        saver: (runId: string) => {
          folder ||= join(process.cwd(), "out", runId);
          saver = createSaver(folder, library.files, { resumes });
          return saver;
        },
        onEvents: (events: readonly RunEvent[]) => {
          for (const event of events) request.onEvent?.(event);
        },
        ...(request.onSignal ? { onSignal: request.onSignal } : {}),
      },
    };
  }

  async function followToEnd(
    run: Run,
    { signal }: Headless,
    out: { place(): { readonly folder: string; readonly saver: FolderSaver } },
  ): Promise<HeadlessRun> {
    const outcome = await outcomeOf(run, signal);
    const state = run.state();
    const { folder: outFolder, saver } = out.place();
    const unsaved = await saveRest(state, saver);
    await mkdir(outFolder, { recursive: true });
    const hiddenFolders = [outFolder, homeFolder];
    const reportName = await writeRunReport(outFolder, { state, saved: saver.saved, hiddenFolders });
    return { runId: run.runId, outcome, state, outFolder, reportName, unsaved };
  }

  return {
    async runGraph(request) {
      const order = { ...(await orders.toStart(request, request.publish)), outFolder: request.outFolder };
      if (request.signal?.aborted)
        throw new Refused("cancelled", "The run was cancelled before it began.", "Start it again.");
      const out = outFolderOf(request);
      return await followToEnd(await runs.starts.start({ ...order, ...out.hooks }), request, out);
    },
    async resumeGraph(request) {
      const { runId, handle, inDoubt, retry } = request;
      const { retryStep, ...order } = await orders.toResume({
        ...{ runId, handle, inDoubt, attended: false },
        ...(retry === undefined ? {} : { retry }),
      });
      const { plan, state, outFolder } = await runs.resting.get(runId, order.server);
      const out = outFolderOf({ ...request, outFolder: request.outFolder ?? outFolder }, { resumes: true });
      if (state) request.onOpen?.(state);
      const run = await runs.starts.resume({ ...order, evenIfParked: true, ...out.hooks });
      const refused = retryStep === undefined ? goOn(run) : retried(run, retryStep);
      // So that the folder is whole, and nothing of it is saved once more under another name.
      for (const { items, name } of state ? finishedSaves(plan, state) : [])
        await out.place().saver.save(items, name);
      const ended = await followToEnd(run, request, out);
      if (refused) throw new Refused(refused.code, refused.message, refused.remedy);
      return ended;
    },
  };
}

/** Everything of a run at rest that goes on without making anything again. */
function goOn(run: Run): undefined {
  for (const step of run.state().steps.values()) {
    if (offers(step, "check")) run.checkAgain(step.stepId);
    if (offers(step, "fetch")) run.fetchPreviewAgain(step.stepId);
  }
  run.retryLeft();
}

function retried(run: Run, stepId: StepId) {
  const answer = run.retry(stepId);
  return answer.ok ? undefined : answer.reason;
}

async function outcomeOf(run: Run, signal: AbortSignal | undefined): Promise<RunOutcome> {
  const cancel = () => void run.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted) cancel();
  try {
    return await run.whenSettled();
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/** What no Save node took is a result all the same. */
async function saveRest(state: RunState, saver: FolderSaver): Promise<readonly Unsaved[]> {
  const unsaved: Unsaved[] = [];
  for (const step of state.steps.values()) {
    if (workKindOf(step.type) === "upload") continue;
    for (const { value } of step.outputs) {
      const content =
        value.type === "media" ? value.sha256 : workKindOf(step.type) === "generate" ? value.text : undefined;
      if (content === undefined || saver.saved.has(content)) continue;
      const title = [step.title, ...rowKeysOf(step.itemPath)].join(" ");
      try {
        await saver.save([value], title);
      } catch (error) {
        // One whose bytes were deleted keeps no other from its folder.
        if (!(error instanceof Refused)) throw error;
        unsaved.push({ title, message: error.message });
      }
    }
  }
  return unsaved;
}

/** What the Save steps of a run have saved in an earlier process, as they were asked to. */
function finishedSaves(plan: Plan, state: RunState): WorkOf<"save">[] {
  const gather = createInputs(plan);
  return plan.steps.flatMap((step) => {
    if (state.steps.get(step.stepId)?.status.kind !== "succeeded") return [];
    const inputs = gather(step, (needed) => state.steps.get(needed)?.outputs ?? []);
    const work = workOf(step.type, step.params, inputs);
    return work.kind === "save" ? [work] : [];
  });
}
