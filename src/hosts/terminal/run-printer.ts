import { counted, someOf } from "../../base/words.ts";
import type { RunEvent, RunState, StepHead } from "../../engine/record.ts";
import {
  countHeads,
  headsOf,
  isKnownStatus,
  RESULT_NOT_HERE,
  runCounts,
  unknownStatusWords,
} from "../../engine/record.ts";
import { type ExitCode, exitCode } from "./exit-codes.ts";
import { nameOf, postWords, sentence, utc } from "./needs-person.ts";
import { words } from "./words.ts";

/** A run of more steps is told by its progress and its trouble, not step by step. */
const BIG = 200;
/** Of a big run's progress. */
const PROGRESS_LINES = 100;

export type RunPrinter = {
  /**
   * A line for each change a person would want to see; undefined for events that only machines read, for a create in
   * doubt, which is told by `heldLines`, and for a result that was not fetched, which is told by `lostLines`.
   */
  lineOf(event: RunEvent): string | undefined;
  /**
   * Results that were not fetched: one line for each step and cause. What was told of a step before is counted on, and
   * told at the end of the run.
   */
  lostLines(isEnd: boolean): string[];
  /** Creates that came to be in doubt since the last call: one line for each cause. */
  heldLines(): string[];
};

/** A kill, or a line that breaks, takes the answers of all creates in flight: that is one piece of news, not eight. */
export function createRunPrinter(
  startedAt: number,
  /** Of a run whose beginning is not printed. */
  steps: Iterable<StepHead> = [],
): RunPrinter {
  const heads = new Map<string, StepHead>();
  for (const step of steps) heads.set(step.stepId, step);
  let progress = heads.size > BIG ? createProgress(heads.size) : undefined;
  const clock = (at: number) => `${((at - startedAt) / 1000).toFixed(1)}s`.padStart(8);
  let held: DoubtEvent[] = [];
  let lost: LostEvent[] = [];
  const causesTold = new Set<string>();
  /** Why the last looks at a step's job failed, by step: the end of it says no more. */
  const unanswered = new Map<string, string>();
  /** Statuses of no known name that were told. */
  const strange = new Set<string>();
  const lineWith = (at: number, name: string, text: string) => `${clock(at)}  ${name.padEnd(28)}  ${text}`;
  const nameIn = (event: { readonly stepId: string }) => {
    const head = heads.get(event.stepId);
    return head ? nameOf(head) : "run";
  };
  const lineOf = (event: RunEvent) => {
    if (event.type === "run-started") {
      for (const step of headsOf(event.steps)) heads.set(step.stepId, step);
      const count = countHeads(event.steps);
      progress = count > BIG ? createProgress(count) : undefined;
      return words.t("run.runHead", { runId: event.runId, server: event.serverLabel, steps: count });
    }
    if (event.type === "create-in-doubt") {
      held.push(event);
      return undefined;
    }
    if (event.type === "output-not-stored") {
      lost.push(event);
      return undefined;
    }
    const line = progress?.(event);
    if (line !== undefined) return `${clock(event.at)}  ${line}`;
    if (progress && isEveryday(event)) return undefined;
    if (event.type === "job-status" && !isKnownStatus(event.status)) {
      if (strange.has(event.status)) return undefined;
      strange.add(event.status);
    }
    if (event.type === "look-failed") unanswered.set(event.stepId, event.failure.code);
    else if (event.type === "job-status") unanswered.delete(event.stepId);
    const isTold = event.type === "step-overdue" && unanswered.get(event.stepId) === event.failure?.code;
    const told =
      isTold && event.failure
        ? words.t("run.noWordSaid", { job: event.job.id, remedy: event.failure.remedy })
        : inWords(event);
    if (told === undefined) return undefined;
    return lineWith(event.at, "stepId" in event ? nameIn(event) : "run", told);
  };
  return {
    lineOf,
    lostLines(isEnd) {
      const causes = [...Map.groupBy(lost, ({ stepId, failure }) => `${stepId} ${failure.code}`)];
      const due = causes.filter(([cause]) => isEnd || !causesTold.has(cause));
      const lines = due.map(([cause, events]) => {
        const [first] = events;
        const isMore = causesTold.has(cause);
        causesTold.add(cause);
        return first ? lineWith(first.at, nameIn(first), lostWords(first, events, isMore)) : "";
      });
      lost = lost.filter(
        ({ stepId, failure }) => !due.some(([cause]) => cause === `${stepId} ${failure.code}`),
      );
      return lines;
    },
    heldLines() {
      const causes = Map.groupBy(held, inDoubtWords);
      held = [];
      return [...causes].map(([words, events]) => {
        const names = events.map(nameIn);
        const [name = ""] = names;
        return lineWith(
          events[0]?.at ?? startedAt,
          names.length === 1 ? name : `${counted(names.length, "step")} (${someOf(names)})`,
          words,
        );
      });
    },
  };
}

type DoubtEvent = Extract<RunEvent, { type: "create-in-doubt" }>;

type LostEvent = Extract<RunEvent, { type: "output-not-stored" }>;

/** A job may have hundreds of outputs. @param isMore of those that were told before */
function lostWords({ failure }: LostEvent, events: readonly LostEvent[], isMore: boolean): string {
  const numbers = events.map(({ index }) => index + 1).sort((a, b) => a - b);
  return words.t(isMore && events.length > 1 ? "run.moreNotFetched" : "run.notFetched", {
    results: events.length,
    outputs: someOf(numbers.map(String)),
    why: sentence(words.say(failure.message)),
  });
}

function inDoubtWords({ failure }: DoubtEvent): string {
  return words.t("run.inDoubt", { why: sentence(words.say(failure.message)), remedy: failure.remedy });
}

/** What goes well says nothing in a big run. */
function isEveryday(event: RunEvent): boolean {
  switch (event.type) {
    case "step-started":
      return event.attempt <= 1;
    case "step-succeeded":
      return event.permalink === undefined && event.scheduledFor === undefined;
    case "step-skipped":
      return event.reason.kind === "upstream";
    case "step-phase":
    case "job-accepted":
    case "job-adopted":
    case "job-status":
    case "output-stored":
      return true;
    default:
      return false;
  }
}

function createProgress(steps: number): (event: RunEvent) => string | undefined {
  const ended = { "step-succeeded": 0, "step-failed": 0, "step-skipped": 0, "step-cancelled": 0 };
  const every = Math.max(1, Math.floor(steps / PROGRESS_LINES));
  let told = 0;
  return (event) => {
    if (!(event.type in ended)) return undefined;
    const type = event.type as keyof typeof ended; // just checked
    ended[type]++;
    const all =
      ended["step-succeeded"] + ended["step-failed"] + ended["step-skipped"] + ended["step-cancelled"];
    if (type !== "step-succeeded" || all < told + every) return undefined;
    told = all;
    const parts = [
      words.t("run.ofDone", { done: ended["step-succeeded"], steps }),
      ...(ended["step-failed"] > 0 ? [words.t("run.someFailed", { n: ended["step-failed"] })] : []),
      ...(ended["step-skipped"] > 0 ? [words.t("run.someSkipped", { n: ended["step-skipped"] })] : []),
    ];
    return parts.join(", ");
  };
}

function inWords(
  event: Exclude<RunEvent, { type: "run-started" } | DoubtEvent | LostEvent>,
): string | undefined {
  switch (event.type) {
    case "step-started":
      return event.attempt > 1
        ? words.t("run.startedAttempt", { attempt: event.attempt })
        : words.t("run.started");
    case "step-phase":
      return words.t(`run.${event.phase}`);
    case "job-accepted":
      return words.t("run.jobAccepted", { job: event.job.id });
    case "job-adopted":
      return words.t("run.jobAdopted", { job: event.job.id });
    case "job-status":
      return isKnownStatus(event.status)
        ? event.status
        : unknownStatusWords(event.status, event.until === undefined ? undefined : utc(event.until));
    case "look-failed":
      return words.t("run.noAnswer", {
        why: sentence(words.say(event.failure.message)),
        remedy: event.failure.remedy,
      });
    case "create-ended":
      return event.againAt === undefined
        ? undefined
        : words.t("run.sendingAgain", { why: sentence(words.say(event.failure.message)) });
    case "approval-requested": {
      const { blockedBy } = event.post;
      const settle = blockedBy
        ? words.t("run.settleEarlier", { runId: blockedBy.runId, stepId: blockedBy.stepId })
        : "";
      return words.t("run.waitsForApproval", { post: postWords(event.post), settle });
    }
    case "step-succeeded":
      if (event.scheduledFor !== undefined)
        return words.t("run.scheduledFor", { at: utc(event.scheduledFor) });
      return `${words.t(event.cached ? "run.doneCached" : "run.done")}${event.permalink ? ` ${event.permalink}` : ""}`;
    case "output-stored":
      return describeMedia(event.media);
    case "step-failed":
      // Why is said above, where the result was made.
      return `${words.t("run.failedSaying")} ${event.failure.code === RESULT_NOT_HERE ? words.t("run.resultNotFetched") : sentence(words.say(event.failure.message))} ${words.say(event.failure.remedy)} (${event.failure.code}; ${words.t(costInWords[event.failure.cost])})`;
    case "step-skipped":
      return words.t("run.skippedSaying", { why: words.t(skipInWords[event.reason.kind]) });
    case "step-cancelled":
      return event.job ? words.t("run.cancelledHere", { job: event.job.id }) : words.t("run.cancelled");
    case "step-overdue":
      if (event.failure)
        return words.t("run.noWord", {
          job: event.job.id,
          why: sentence(words.say(event.failure.message)),
          remedy: event.failure.remedy,
        });
      return event.job.kind === "publish"
        ? words.t("run.outcomeUnknown", { job: event.job.id })
        : words.t("run.notFinished", { job: event.job.id });
    case "cancel-requested":
      return words.t("run.isCancelling");
    case "run-resumed":
      return words.t("run.resumed");
    case "create-intended":
    case "approval-given":
    case "step-reset":
    case "doubt-settled":
    case "run-settled":
      return undefined;
  }
}

const costInWords = {
  none: "run.costNone",
  charged: "run.costCharged",
  unknown: "run.costUnknown",
} as const;

const skipInWords = {
  upstream: "run.skipUpstream",
  "publish-not-allowed": "run.skipPublish",
  declined: "run.skipDeclined",
  "doubt-skipped": "run.skipDoubt",
} as const;

function describeMedia(media: {
  kind: string;
  width?: number;
  height?: number;
  durationMs?: number;
}): string {
  const size = media.width && media.height ? ` ${media.width}×${media.height}` : "";
  const duration = media.durationMs ? ` ${(media.durationMs / 1000).toFixed(1)} s` : "";
  return words.t("run.inLibrary", { media: `${media.kind}${size}${duration}` });
}

/** As the command ends; that is more than the run knows, such as what could not be kept. */
const endings = {
  [exitCode.done]: "run.done",
  [exitCode.stepFailed]: "run.failed",
  [exitCode.usage]: "run.failed",
  [exitCode.needsPerson]: "run.needsPerson",
  [exitCode.server]: "run.failed",
  [exitCode.bug]: "run.interrupted",
  [exitCode.cancelled]: "run.cancelled",
} as const satisfies { readonly [Code in ExitCode]: string };

/**
 * The last line of every run: easy to read, easy to grep, and of one mind with the exit code. `done` are all that
 * succeeded, as in the window; `cached` are those of them that took an earlier result.
 */
export function summaryLine(state: RunState, exit: ExitCode): string {
  const { steps, done, cached, failed, skipped, inDoubt } = runCounts(state);
  return (
    `${words.t("run.ending", { runId: state.runId, outcome: words.t(endings[exit]) })}; steps=${steps} done=${done} cached=${cached} ` +
    `failed=${failed} skipped=${skipped} inDoubt=${inDoubt}${reasonIn(state)}`
  );
}

/** Why a result that may be paid for is not here, by the first step that knows: no line above need be looked for. */
function reasonIn({ steps }: RunState): string {
  for (const step of steps.values()) {
    const { status, previewFailures } = step;
    const failure =
      status.kind === "overdue" || status.kind === "outcome-unknown"
        ? status.failure
        : Object.values(previewFailures)[0];
    if (failure) return `; ${nameOf(step)}: ${words.say(failure.message)}`;
  }
  return "";
}
