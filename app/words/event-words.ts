import {
  countHeads,
  isKnownStatus,
  isUnfinished,
  type RunEvent,
  type RunState,
  type SkipReason,
  type StepPhase,
  type StepState,
  unknownStatusWords,
} from "../../src/engine/record.ts";
import { accountWords } from "./post-words.ts";
import { clockTime, count, dateTime, money, say, t, told } from "./words.ts";

/** Run events as lines a person reads. Pure. */

type LogTone = "plain" | "good" | "warning" | "bad";

export type LogLine = {
  readonly seq: number;
  readonly at: number;
  readonly stepId?: string;
  readonly nodeId?: string;
  readonly title?: string;
  readonly text: string;
  readonly tone: LogTone;
};

export const phaseWords: { readonly [Phase in StepPhase]: string } = {
  uploading: "Uploading",
  creating: "Sending the job",
  remote: "Running on the server",
  rendering: "Rendering on this machine",
  fetching: "Fetching the result",
  saving: "Saving",
};

export const jobWords = { inference: "generation", editor: "edit", publish: "post" } as const;

export const outcomeIds = {
  queued: "history.queued",
  running: "history.running",
  interrupted: "history.interrupted",
  done: "history.done",
  failed: "history.failed",
  cancelled: "history.cancelled",
  "needs-you": "history.needsYou",
} as const;

/** A status of the server's own; undefined for the ones that the API documents. */
export function strangeStatus(status: string, until: number | undefined): string | undefined {
  if (isKnownStatus(status)) return undefined;
  return unknownStatusWords(status, until === undefined ? undefined : dateTime(until));
}

/** An event never changes, and neither do the titles of its run: each line is made once and can be compared by identity. */
const made = new WeakMap<RunEvent, LogLine>();

export function logLine(event: RunEvent, steps: ReadonlyMap<string, StepState>): LogLine {
  const found = made.get(event);
  if (found) return found;
  const line = makeLine(event, steps);
  made.set(event, line);
  return line;
}

function makeLine(event: RunEvent, steps: ReadonlyMap<string, StepState>): LogLine {
  const step = "stepId" in event ? steps.get(event.stepId) : undefined;
  const [text, tone = "plain"] = words(event, steps);
  return {
    seq: event.seq,
    at: event.at,
    ...("stepId" in event ? { stepId: event.stepId } : {}),
    ...(step ? { nodeId: step.nodeId, title: step.title } : {}),
    text,
    tone,
  };
}

/** One line of the log as copied text. */
export function lineText(line: LogLine): string {
  return `${clockTime(line.at)}  ${line.title ? `${line.title}: ` : ""}${line.text}`;
}

function words(event: RunEvent, steps: ReadonlyMap<string, StepState>): [string, LogTone?] {
  switch (event.type) {
    case "run-started":
      return [
        `Run of “${event.graphName}” on ${event.serverLabel}, ${count(countHeads(event.steps), "step")}`,
      ];
    case "step-started":
      return [event.attempt > 1 ? `Started, attempt ${event.attempt}` : "Started"];
    case "step-phase":
      return [phaseWords[event.phase]];
    case "create-intended":
      return [
        event.estimateMicrodollars === undefined
          ? `Sending a ${jobWords[event.jobKind]} job`
          : `Sending a ${jobWords[event.jobKind]} job, ${money(event.estimateMicrodollars)}`,
      ];
    case "job-accepted":
      return [`The server took the job: ${event.job.id}`];
    case "job-adopted":
      return [`Job ${event.job.id} of an earlier run is out already: looking at it, nothing new is made`];
    case "create-ended":
      return [
        event.againAt === undefined
          ? say(event.failure.message)
          : `${say(event.failure.message)} Sending it again at ${clockTime(event.againAt)}.`,
        "warning",
      ];
    case "create-in-doubt":
      return [`May have been sent: ${say(event.failure.message)}`, "warning"];
    case "job-status": {
      const strange = strangeStatus(event.status, event.until);
      return strange ? [strange, "warning"] : [`The server says: ${event.status.replaceAll("_", " ")}`];
    }
    case "look-failed":
      return [`No answer about the job: ${told(event.failure)}`, "warning"];
    case "approval-requested":
      return [`Waiting for your approval of a post to ${accountWords(event.post)}`, "warning"];
    case "approval-given":
      return [approvalWords[event.by]];
    case "step-succeeded":
      if (event.scheduledFor !== undefined) return [`Scheduled for ${dateTime(event.scheduledFor)}`, "good"];
      return [event.cached ? "Done, from an earlier result" : "Done", "good"];
    case "output-stored":
      return ["The result is in the library"];
    case "output-not-stored":
      return [`The result was not fetched yet: ${say(event.failure.message)}`, "warning"];
    case "step-failed":
      return [`Failed: ${told(event.failure)}`, "bad"];
    case "step-skipped":
      return [`Skipped: ${skipWords(event.reason, steps)}`];
    case "step-cancelled":
      return [event.job ? `Cancelled; job ${event.job.id} goes on at the server` : "Cancelled"];
    case "step-overdue":
      if (event.failure) return [`No word of the job: ${told(event.failure)}`, "warning"];
      return [
        event.job.kind === "publish"
          ? "Nobody knows yet whether the post went out"
          : "Not finished yet; the job goes on at the server",
        "warning",
      ];
    case "step-reset":
      return [resetWords[event.because]];
    case "doubt-settled":
      return [decisionWords[event.decision]];
    case "cancel-requested":
      return ["Cancel asked for"];
    case "run-resumed":
      return ["Went on after an interruption"];
    case "run-settled":
      return [
        `Run ${t(outcomeIds[event.outcome]).toLowerCase()}`,
        event.outcome === "failed" ? "bad" : event.outcome === "needs-you" ? "warning" : "good",
      ];
    default:
      return event satisfies never;
  }
}

const approvalWords = {
  person: "Approved",
  sandbox: "Approved by the sandbox",
  flag: "Approved by a flag",
  setting: "Approved by your setting not to ask",
} as const;

const decisionWords = {
  resend: "You chose to send it again",
  skip: "You chose to leave it",
  sent: "You said that it went out",
  "not-sent": "You said that it did not go out",
} as const;

const resetWords = {
  retry: "Starting over",
  "upstream-retry": "Starting over, since a step before it does",
  "check-again": "Looking at the job again",
  "doubt-resend": "Starting over after the doubt",
} as const;

export function skipWords(reason: SkipReason, steps: ReadonlyMap<string, Pick<StepState, "title">>): string {
  switch (reason.kind) {
    case "upstream":
      return `“${steps.get(reason.stepId)?.title ?? "a step before it"}” did not finish`;
    case "publish-not-allowed":
      return "publishing was not allowed for this run";
    case "declined":
      return "you did not approve the post";
    case "doubt-skipped":
      return "you left the doubtful job alone";
    default:
      return reason satisfies never;
  }
}

/** How many steps are through: nothing more comes of them by itself, and no approval is waited for. */
export function stepsThrough(run: RunState): number {
  let through = 0;
  for (const { status } of run.steps.values()) if (!isUnfinished(status.kind)) through++;
  return through;
}
