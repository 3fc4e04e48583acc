import { assertNever } from "../../base/assert-never.ts";
/**
 * Events → the state of a run. Pure: engine, library, studio, window and tests all fold with this one file.
 */
import { countSteps, stepsOf } from "../../graph/plan/outline.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { RunEvent, RunOutcome, StepHead, StepHeads } from "./events.ts";
import { isPostOpen } from "./open-posts.ts";
import type { RunSnapshot, RunState, StepState, StepStatus } from "./run-state.ts";
import { isReused, needsPerson } from "./step-facts.ts";
import { StepTable } from "./step-table.ts";

type StartedEvent = Extract<RunEvent, { type: "run-started" }>;
type StepEvent = Extract<RunEvent, { stepId: StepId }>;
type RunHead = Omit<RunState, "steps" | "seq" | "spentMicrodollars">;

/**
 * A fold that is open for more events. Pushing is cheap however many steps the run has: the table of steps is copied
 * only by a push that follows a `state()`, so a caller who looks once per batch pays once per batch.
 */
export type RunFold = {
  /**
   * @param known the event's step after it, where another fold of the same events has it: of thousands of steps there
   * need not be two equal objects each.
   * @returns the event's step after it.
   * @throws on a gap in `seq`, another run's event or an unknown step: a bug of the sender.
   */
  push(event: RunEvent, known?: StepState): StepState | undefined;
  step(stepId: StepId): StepState;
  /** When the run began. */
  readonly startedAt: number;
  /** As `RunState.spentMicrodollars`. */
  readonly spentMicrodollars: number;
  /** The run's own fields and the steps as they are now; never changes afterwards. */
  state(): RunState;
};

export function openFold(from: RunState | StartedEvent): RunFold {
  const { steps: given, ...rest }: RunState = "type" in from ? emptyRun(from) : from;
  // What nearly every event changes stands beside the head, which few do.
  let { seq, spentMicrodollars, ...head } = rest;
  let steps = given instanceof StepTable ? given : StepTable.of(given.values());
  /** Whether `steps` has been given away since it was copied. */
  let isShared = true;

  const step = (stepId: StepId): StepState => {
    const found = steps.get(stepId);
    if (!found) throw new Error(`Run ${head.runId} has no step ${stepId}.`);
    return found;
  };

  return {
    push(event, known) {
      if (event.runId !== head.runId)
        throw new Error(`Run ${head.runId} got an event of run ${event.runId}.`);
      // A snapshot and the events around it may overlap; what is in already changes nothing.
      if (event.seq <= seq) return undefined;
      if (event.seq !== seq + 1)
        throw new Error(`Run ${head.runId} lacks the events between ${seq} and ${event.seq}.`);
      let next: StepState | undefined;
      if ("stepId" in event) {
        const before = step(event.stepId);
        next = known ?? foldStep(before, event);
        if (isShared) steps = steps.copy();
        isShared = false;
        steps.put(next);
        spentMicrodollars += (next.spentMicrodollars ?? 0) - (before.spentMicrodollars ?? 0);
      }
      head = foldHead(head, event);
      seq = event.seq;
      return next;
    },
    step,
    get startedAt() {
      return head.startedAt;
    },
    get spentMicrodollars() {
      return spentMicrodollars;
    },
    state() {
      isShared = true;
      return { ...head, seq, spentMicrodollars, steps };
    },
  };
}

// What is the same in thousands of steps of a batch is one object.
const waiting: StepStatus = { kind: "waiting" };
const creating: StepStatus = { kind: "running", phase: "creating" };
const remote = { kind: "running", phase: "remote" } as const satisfies StepStatus;
const succeeded: StepStatus = { kind: "succeeded", cached: false };
const fromCache: StepStatus = { kind: "succeeded", cached: true };
const nothing: StepState["outputs"] = [];
const noFailures: StepState["previewFailures"] = {};

/** By the event itself: several folds of one run begin with the very same steps, which are many in a batch. */
const begun = new WeakMap<StartedEvent, RunState>();

/** The state right after `run-started`: every step waits. */
export function emptyRun(event: StartedEvent): RunState {
  const known = begun.get(event);
  if (known) return known;
  const made = begin(event);
  begun.set(event, made);
  return made;
}

function begin(event: StartedEvent): RunState {
  const steps = headsOf(event.steps).map(
    (head): StepState => ({
      ...head,
      ...{ status: waiting, attempt: 0, outputs: nothing, previewFailures: noFailures },
    }),
  );
  return {
    runId: event.runId,
    graphId: event.graphId,
    graphName: event.graphName,
    scope: event.scope,
    serverLabel: event.serverLabel,
    seq: event.seq,
    startedAt: event.at,
    cancelRequested: false,
    status: "running",
    spentMicrodollars: 0,
    ...(event.budgetMicrodollars === undefined ? {} : { budgetMicrodollars: event.budgetMicrodollars }),
    steps: StepTable.of(steps),
  };
}

export function headsOf(steps: StepHeads): readonly StepHead[] {
  return "nodes" in steps ? stepsOf(steps) : steps;
}

/** As the length of `headsOf`, without making them. */
export function countHeads(steps: StepHeads): number {
  return "nodes" in steps ? countSteps(steps) : steps.length;
}

/** One event. Copies the table of steps: for more than a few events use `foldEvents`. */
export function foldRun(state: RunState | undefined, event: RunEvent): RunState {
  return foldEvents(state, [event]);
}

/** A batch of events, in order; copies the table of steps once. Without a state the first is `run-started`. */
export function foldEvents(state: RunState | undefined, events: readonly RunEvent[]): RunState {
  const [first] = events;
  if (!first) {
    if (!state) throw new Error("Nothing to fold: no state and no events.");
    return state;
  }
  if (!state && first.type !== "run-started")
    throw new Error(`A run begins with run-started, not ${first.type}.`);
  const from = state ?? (first.type === "run-started" ? first : undefined);
  if (!from) throw new Error("Unreachable: checked above.");
  const fold = openFold(from);
  for (const event of events) fold.push(event);
  return fold.state();
}

export function toSnapshot(state: RunState): RunSnapshot {
  return { ...state, steps: [...state.steps.values()] };
}

export function fromSnapshot(snapshot: RunSnapshot): RunState {
  return { ...snapshot, steps: StepTable.of(snapshot.steps) };
}

export type RunCounts = {
  readonly steps: number;
  readonly waiting: number;
  readonly running: number;
  /** Succeeded, whether made now or taken from an earlier result. */
  readonly done: number;
  /** Of those that are done: the ones that took an earlier result. */
  readonly cached: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
  /** Not known whether it was made or posted: in doubt, or a post of unknown outcome. */
  readonly inDoubt: number;
  /** Everything that waits for a person's word, doubts included; skipped publishes too. */
  readonly needsYou: number;
};

/** The one count of a run's steps, for windows, lists, reports and the command line. */
export function runCounts(state: Pick<RunState, "steps">): RunCounts {
  const counts = {
    steps: state.steps.size,
    waiting: 0,
    running: 0,
    done: 0,
    cached: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    inDoubt: 0,
    needsYou: 0,
  };
  for (const step of state.steps.values()) {
    const { status } = step;
    if (needsPerson(step)) counts.needsYou++;
    if (isReused(step)) counts.cached++;
    switch (status.kind) {
      case "waiting":
      case "running":
      case "failed":
      case "skipped":
      case "cancelled":
        counts[status.kind]++;
        break;
      case "succeeded":
        counts.done++;
        break;
      case "in-doubt":
      case "outcome-unknown":
        counts.inDoubt++;
        break;
      case "waiting-for-approval":
      case "overdue":
        break;
      default:
        assertNever(status);
    }
  }
  return counts;
}

/** How a run with nothing under way came to rest. */
export function outcomeOf(state: RunState): RunOutcome {
  const counts = runCounts(state);
  if (state.cancelRequested || counts.cancelled > 0) return "cancelled";
  if (counts.failed > 0) return "failed";
  return counts.needsYou > 0 ? "needs-you" : "done";
}

function foldHead(head: RunHead, event: RunEvent): RunHead {
  switch (event.type) {
    case "cancel-requested":
      return { ...head, cancelRequested: true };
    case "run-settled":
      return { ...head, status: event.outcome, settledAt: event.at };
    case "step-reset":
      // A person asked for more work, so an earlier cancel is over.
      return { ...running(head), cancelRequested: false };
    case "approval-given":
    case "step-started":
    case "run-resumed":
      return running(head);
    default:
      return head;
  }
}

function running(known: RunHead): RunHead {
  if (known.status === "running" && known.settledAt === undefined) return known;
  const { settledAt: _over, ...head } = known;
  return { ...head, status: "running" };
}

function foldStep(step: StepState, event: StepEvent): StepState {
  switch (event.type) {
    case "step-started":
      return {
        ...step,
        status: creating,
        attempt: event.attempt,
        startedAt: event.at,
      };
    case "step-phase":
      return { ...step, status: { kind: "running", phase: event.phase } };
    case "create-intended": {
      const estimate = soundPrice(event.estimateMicrodollars);
      const reserved = estimate ?? soundPrice(event.assumedMicrodollars);
      return {
        ...heard(step),
        status: creating,
        attempt: event.attempt,
        unanswered: {
          attempt: event.attempt,
          jobKind: event.jobKind,
          ...(reserved === undefined ? {} : { reservedMicrodollars: reserved }),
        },
        ...(reserved === undefined ? {} : { spentMicrodollars: (step.spentMicrodollars ?? 0) + reserved }),
        ...(estimate === undefined ? {} : { estimateMicrodollars: estimate }),
        ...(event.takeKey === undefined || event.takeNumber === undefined
          ? {}
          : { making: { takeKey: event.takeKey, takeNumber: event.takeNumber } }),
        ...(event.postTo ? { postTo: event.postTo } : {}),
      };
    }
    case "job-accepted":
      return {
        ...withoutEnd(used(step)),
        status: { kind: "running", phase: "remote" },
        attempt: event.attempt,
        job: event.job,
      };
    case "job-adopted": {
      const { attempt, job, takeKey, takeNumber, estimateMicrodollars } = event;
      return {
        ...withoutEnd(used(heard(step))),
        ...{ status: { kind: "running", phase: "remote" }, attempt, job, making: { takeKey, takeNumber } },
        ...(estimateMicrodollars === undefined ? {} : { estimateMicrodollars }),
      };
    }
    case "create-ended":
      return {
        ...unposted(answered(notCharged(step, step.unanswered?.reservedMicrodollars))),
        status: {
          kind: "running",
          phase: "creating",
          ...(event.againAt === undefined ? {} : { againAt: event.againAt }),
        },
      };
    case "job-status":
      return {
        ...step,
        status: {
          ...{ kind: "running", phase: "remote", remoteStatus: event.status },
          ...(event.until === undefined ? {} : { until: event.until }),
        },
      };
    case "look-failed":
      return {
        ...step,
        status: { ...(step.status.kind === "running" ? step.status : remote), trouble: event.failure },
      };
    case "approval-requested":
      return ended(used(step), event, { kind: "waiting-for-approval", post: event.post });
    case "approval-given":
      return {
        ...withoutEnd(step),
        status: creating,
        ...(step.status.kind === "waiting-for-approval" && event.by === "person"
          ? { approved: step.status.post }
          : {}),
      };
    case "create-in-doubt":
      return {
        ...ended(used(step), event, { kind: "in-doubt", failure: event.failure }),
        ...(step.unanswered?.jobKind === "publish" ? { sentAt: event.at } : {}),
      };
    case "step-succeeded":
      return {
        ...sent(heard(step), event),
        status: event.cached ? fromCache : succeeded,
        endedAt: event.at,
        outputs: event.outputs,
        ...(event.estimateMicrodollars === undefined
          ? {}
          : { estimateMicrodollars: event.estimateMicrodollars }),
        ...(event.takeId === undefined ? {} : { takeId: event.takeId }),
        ...(event.savedMicrodollars === undefined ? {} : { savedMicrodollars: event.savedMicrodollars }),
        ...(event.madeBy === undefined ? {} : { madeBy: event.madeBy }),
        ...(event.permalink === undefined ? {} : { permalink: event.permalink }),
        ...(event.scheduledFor === undefined ? {} : { scheduledFor: event.scheduledFor }),
      };
    case "step-failed": {
      const { failure } = event;
      const isFree = step.job && failure.cost === "none";
      const failed = ended(used(isFree ? notCharged(step, step.estimateMicrodollars) : step), event, {
        kind: "failed",
        failure,
      });
      // Our own mistake does not say that the post is not out: only a person's approval sends it again.
      return isPostOpen(failed) ? { ...failed, sentAt: event.at } : failed;
    }
    case "step-skipped":
      return ended(used(step), event, { kind: "skipped", reason: event.reason });
    case "step-cancelled":
      return ended(used(event.job ? sent(step, event) : step), event, {
        kind: "cancelled",
        ...(event.job ? { job: event.job } : {}),
      });
    case "step-overdue":
      // A post may be out there although its answer never came, so it is never called unfinished, let alone failed.
      return ended(sent(step, event), event, {
        kind: event.job.kind === "publish" ? "outcome-unknown" : "overdue",
        job: event.job,
        ...(event.failure ? { failure: event.failure } : {}),
      });
    case "output-stored": {
      const { [event.index]: _mended, ...previewFailures } = step.previewFailures;
      const outputs = step.outputs.map((output, index) =>
        index === event.index ? { ...output, value: event.media } : output,
      );
      const [first] = outputs;
      // One that the job listed without a link came after the others.
      if (event.index >= outputs.length && first) outputs.push({ ...first, value: event.media });
      return { ...step, previewFailures, outputs };
    }
    case "output-not-stored":
      return { ...step, previewFailures: { ...step.previewFailures, [event.index]: event.failure } };
    case "step-reset":
      return event.because === "check-again"
        ? { ...withoutEnd(step), status: { kind: "running", phase: "remote" } }
        : fresh(step, event.because === "retry");
    case "doubt-settled":
      return step; // what follows from it comes as an event of its own
    default:
      return assertNever(event);
  }
}

/** What cannot be added up is no price; a journal of before that was looked at may have one. */
function soundPrice(microdollars: number | undefined): number | undefined {
  return microdollars !== undefined && Number.isSafeInteger(microdollars) && microdollars >= 0
    ? microdollars
    : undefined;
}

function ended(step: StepState, event: RunEvent, status: StepState["status"]): StepState {
  return { ...step, status, endedAt: event.at };
}

function withoutEnd({ endedAt: _over, ...step }: StepState): StepState {
  return step;
}

/** The latest create came to nothing: its estimate is no cost. */
function notCharged(step: StepState, microdollars = 0): StepState {
  const { spentMicrodollars } = step;
  return spentMicrodollars === undefined
    ? step
    : { ...step, spentMicrodollars: Math.max(0, spentMicrodollars - microdollars) };
}

/** A person's wish for a new result has been heard. */
function heard(step: StepState): StepState {
  if (!step.anew) return step;
  const { anew: _heard, ...rest } = step;
  return rest;
}

/** The create has its answer, so nothing of it can be in doubt any more. */
function answered({ unanswered: _over, ...step }: StepState): StepState {
  return step;
}

/** Nothing was sent, so nothing of it can be out there. */
function unposted({ postTo: _unsent, ...step }: StepState): StepState {
  return step;
}

/** A create that may have made something has used up the yes it was sent with. */
function used(step: StepState): StepState {
  const { approved: _used, ...rest } = answered(step);
  return rest;
}

/** From here on only a person's approval sends this post again, whatever the policy. */
function sent(step: StepState, event: RunEvent): StepState {
  return step.job?.kind === "publish" ? { ...step, sentAt: event.at } : step;
}

/**
 * As if never run, but for what must outlive a reset: how often it was tried, what that cost, and that its post is out.
 * To try again what has succeeded is to want another result.
 */
function fresh(step: StepState, isRetry: boolean): StepState {
  const { stepId, nodeId, itemPath, type, title, needs, attempt, sentAt, permalink, spentMicrodollars } =
    step;
  const anew = step.anew || (isRetry && step.status.kind === "succeeded");
  return {
    ...{ stepId, nodeId, itemPath, type, title, needs, attempt },
    ...{ status: waiting, outputs: nothing, previewFailures: noFailures },
    ...(anew ? { anew: true as const } : {}),
    ...(spentMicrodollars === undefined ? {} : { spentMicrodollars }),
    ...(sentAt === undefined ? {} : { sentAt }),
    ...(permalink === undefined ? {} : { permalink }),
  };
}
