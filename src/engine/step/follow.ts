import { assertNever } from "../../base/assert-never.ts";
import type { StepWork } from "../../nodes/definition/work.ts";
import { scheduleOf } from "../../nodes/publish/schedule.ts";
import type { JobRef, JobView, RemoteFailure } from "../../wondercat/types.ts";
import { message } from "../../words/message.ts";
import { classOf } from "../polling/job-times.ts";
import type { EngineLimits } from "../ports/deps.ts";
import { jobFailure, lookFailure, noOutput, unreadableOutput, unsafeOutput } from "../record/failures.ts";
import { isKnownStatus } from "../record/job-status.ts";
import type { StepEnd } from "../record/step-end.ts";
import { isReusable } from "../takes/take-key.ts";
import { Stopped, sleep } from "../time/waiting.ts";
import { formsOf, type JobResults, plannedKind, resultsOf } from "./job-results.ts";
import type { StepContext } from "./step-context.ts";
import { failed, made, succeeded } from "./step-ends.ts";

/** Goes on with a job that was accepted earlier: only looks, never creates. @throws Stopped */
export async function followAgain(work: StepWork, job: JobRef, context: StepContext): Promise<StepEnd> {
  return await follow(work, job, context, true);
}

export async function follow(
  work: StepWork,
  job: JobRef,
  context: StepContext,
  atOnce = false,
): Promise<StepEnd> {
  const { signal, step } = context;
  const { deps, recorder, signals, traffic } = context.run;
  const { stepId } = step;
  const { times } = traffic;
  const jobClass = classOf(work, job);
  const now = deps.clock.now();
  const startedAt = atOnce ? (recorder.latest.step(stepId).startedAt ?? now) : now;
  let status: string | undefined;
  let troubles = 0;
  let told: string | undefined;
  /** What may stay so is said at once, what may pass by itself only when it goes on. */
  const onTrouble = (failure: RemoteFailure) => {
    signals.send(stepId, {
      lastPollAt: deps.clock.now(),
      waitingFor: message("failures.waitsForServer"),
      detail: failure.message,
    });
    troubles++;
    if (told === failure.code || (failure.retryable && troubles < TOLD_TROUBLES)) return;
    told = failure.code;
    recorder.record({ type: "look-failed", stepId, failure: lookFailure(failure, false) });
  };
  const eta = () => {
    const now = deps.clock.now();
    const left = times.forecast(jobClass)?.eta(Math.max(0, now - startedAt));
    return left && { eta: { endsAt: now + left.leftMs, lateAt: now + left.lateInMs } };
  };
  await times.learn(jobClass);
  if (times.forecast(jobClass)) signals.send(stepId, { ...eta() });
  const deadlineAt = deps.clock.now() + deadlineOf(work, deps.limits);
  const end = await traffic.poller.watch(job, {
    signal,
    atOnce,
    startedAt,
    nextLook: (elapsedMs) => times.forecast(jobClass)?.nextLook(elapsedMs),
    deadlineAt,
    onView: (view) => {
      // Said again after trouble, so that everybody knows that it is over.
      if ((view.status !== status || told !== undefined) && !view.ended)
        recorder.record({
          ...{ type: "job-status", stepId, status: view.status },
          ...(isKnownStatus(view.status) ? {} : { until: deadlineAt }),
        });
      status = view.status;
      troubles = 0;
      told = undefined;
      signals.send(stepId, { lastPollAt: deps.clock.now(), ...eta() });
    },
    // It goes out when its time comes, which may be weeks ahead. From here on it is the server's.
    isEnough: (view) => scheduledFor(work, view) !== undefined,
    onTrouble,
  });
  switch (end.kind) {
    case "stopped":
      throw new Stopped();
    case "deadline":
    case "unanswerable": {
      const { trouble } = end;
      // A server may have no word for it: until its time comes, a post that it has not given up has not gone out.
      const schedule = work.kind === "publish" ? scheduleOf(work.params) : undefined;
      const waits = schedule?.kind === "at" && schedule.at > deps.clock.now() && status !== undefined;
      if (waits && !trouble) return succeeded(stepId, [], { scheduledFor: schedule.at });
      return {
        body: {
          type: "step-overdue",
          stepId,
          job,
          ...(trouble ? { failure: lookFailure(trouble, true) } : {}),
        },
      };
    }
    case "ended": {
      const at = scheduledFor(work, end.view);
      if (at !== undefined) return succeeded(stepId, [], { scheduledFor: at });
      // A job that was left alone for a while says little about how long it took, and one that failed nothing.
      if (end.view.ended === "succeeded" && !atOnce) times.ended(jobClass, end.took);
      if (end.view.ended !== "succeeded") return { ...failed(stepId, jobFailure(end.view)), jobIsOver: true };
      return collect(work, await withOutputs(work, end.view, context), context);
    }
    default:
      return assertNever(end);
  }
}

/** Passing troubles in a row before one is told; each has been tried several times within its look. */
const TOLD_TROUBLES = 3;

/** When the post goes out, once the server has it and waits for that. */
function scheduledFor(work: StepWork, view: JobView): number | undefined {
  if (work.kind !== "publish" || view.ended || view.status !== "scheduled") return undefined;
  const schedule = scheduleOf(work.params);
  return schedule.kind === "at" ? schedule.at : undefined;
}

function deadlineOf(work: StepWork, { deadlineMs, deadlinesMs }: EngineLimits): number {
  if (deadlineMs !== undefined) return deadlineMs;
  if (work.kind === "generate") return work.deadlineMs;
  return deadlinesMs[work.kind === "publish" ? "publish" : "edit"];
}

/** So long after each other a job that succeeded without a result is looked at again, in milliseconds. */
const LATE_LOOKS_MS = [1000, 2000, 4000, 8000, 16_000];

/** A server may say "succeeded" a look before it shows what was made: that was paid for, so it is waited for. */
async function withOutputs(work: StepWork, first: JobView, context: StepContext): Promise<JobView> {
  const { signal, step } = context;
  const { deps, signals, traffic } = context.run;
  let view = first;
  for (const pauseMs of LATE_LOOKS_MS) {
    if (!isReusable(work) || isWhole(resultsOf(view.outputs, work.outputs, plannedKind(step, work)))) break;
    signals.send(step.stepId, { waitingFor: message("failures.waitsForResult") });
    await sleep(deps.clock, pauseMs, signal);
    const deadlineAt = deps.clock.now() + LATE_LOOK_MS;
    const end = await traffic.poller.watch(view.job, { signal, atOnce: true, deadlineAt, onView: () => {} });
    if (end.kind === "stopped") throw new Stopped();
    if (end.kind !== "ended" || end.view.ended !== "succeeded") break;
    view = end.view;
  }
  return view;
}

/** The longest time for one of those looks, in milliseconds. */
const LATE_LOOK_MS = 60_000;

function isWhole({ outputs, missing }: JobResults): boolean {
  return (
    missing.length === 0 &&
    outputs.every(({ value, remote, isUnsafe }) => value.type === "text" || remote || isUnsafe)
  );
}

function collect(work: StepWork, view: JobView, context: StepContext): StepEnd {
  const { step } = context;
  const { stepId } = step;
  if (work.kind === "publish")
    return succeeded(stepId, [], view.permalink === undefined ? {} : { permalink: view.permalink });
  if (!isReusable(work)) throw new Error(`No job makes ${work.kind} work.`);

  const { outputs, linkless, unreadable, unsafe, missing } = resultsOf(
    view.outputs,
    work.outputs,
    plannedKind(step, work),
  );
  const wanted = missing.map(({ select }) =>
    noOutput(select.key ?? select.kind, select.kind === "text" ? [] : formsOf(view.outputs)),
  );
  if (outputs.length === 0) return failed(stepId, wanted[0] ?? noOutput("result"));
  // Behind the outputs stand those that may still come, and those that cannot be had.
  const media = [...outputs, ...linkless].flatMap(({ mediaId, value, remote }, index) =>
    mediaId === undefined || value.type === "text"
      ? []
      : [{ ...{ index, mediaId, value, job: view.job }, ...(remote ? { remote } : {}) }],
  );
  const failures = [
    ...Array.from({ length: unsafe }, () => unsafeOutput),
    ...Array.from({ length: unreadable }, () => unreadableOutput),
    ...wanted,
  ];
  return {
    ...made(
      context,
      outputs.map(({ portId, value }) => ({ portId, value })),
    ),
    ...(media.length > 0 ? { toFetch: media } : {}),
    missing: failures.map((failure, at) => ({ index: outputs.length + linkless.length + at, failure })),
  };
}
