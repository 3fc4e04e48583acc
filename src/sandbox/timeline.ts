import { z } from "zod";
import { isGenerateFamily } from "../nodes/generate/families.ts";
import type { Fault } from "./faults.ts";
import type { Random } from "./media/random.ts";
import { sandboxFamilies } from "./models.ts";

/** What is fixed about a job's course when it is booked. Times in milliseconds. */
export const Timeline = z.object({
  createdAt: z.number(),
  idleMs: z.number(),
  lockedMs: z.number(),
  /** A stretch under a status no client knows, between locked and in progress. */
  strange: z.object({ status: z.string(), ms: z.number() }).optional(),
  runMs: z.number(),
  end: z.enum(["made", "failed", "canceled", "never"]),
});
export type Timeline = z.infer<typeof Timeline>;

/** How long jobs take at speed 1, in milliseconds; jittered by a fifth. After section 3.2 of the API reference. */
const usualMs: Readonly<Record<"editor" | "publish", number>> = { editor: 40_000, publish: 20_000 };

/** Of a job of this kind and, for inference, of this family. */
export const usualMsOf = (kind: Progress["kind"], type: string): number =>
  kind !== "inference" ? usualMs[kind] : isGenerateFamily(type) ? sandboxFamilies[type].usualMs : 60_000;

export function planTimeline(
  usual: number,
  createdAt: number,
  speed: number | "max",
  random: Random,
  fault: Fault | undefined,
): Timeline {
  const total = speed === "max" ? 0 : (usual / speed) * random.between(0.8, 1.2);
  const idleMs = Math.round(total * 0.1);
  const lockedMs = Math.round(total * 0.06);
  const slower = fault?.type === "slow" && fault.what === "job" ? fault.ms : 0;
  return {
    createdAt,
    idleMs,
    lockedMs,
    ...(fault?.type === "unknownStatus" ? { strange: { status: fault.status, ms: fault.ms } } : {}),
    runMs: Math.round(total) - idleMs - lockedMs + slower,
    end:
      fault?.type === "failed"
        ? "failed"
        : fault?.type === "canceled"
          ? "canceled"
          : fault?.type === "stuck"
            ? "never"
            : "made",
  };
}

/** When a worker starts on the job. */
export const startsAt = (timeline: Timeline): number =>
  timeline.createdAt + timeline.idleMs + timeline.lockedMs + (timeline.strange?.ms ?? 0);

/** When the job is due; it ends then or when its bytes are there, whichever is later. */
const dueAt = (timeline: Timeline): number => startsAt(timeline) + timeline.runMs;

type Progress = {
  readonly kind: "inference" | "editor" | "publish";
  readonly timeline: Timeline;
  readonly madeAt: number | null;
  readonly errorMessage: string | null;
};

/** When the job ended or will end as far as is known; undefined while its bytes are being made. */
export function endedAt({ timeline, madeAt }: Progress): number | undefined {
  return madeAt === null || timeline.end === "never" ? undefined : Math.max(dueAt(timeline), madeAt);
}

/** The status at a moment: a pure function of what was stored, so that a restart changes nothing. */
export function statusAt(job: Progress, now: number): string {
  const { timeline } = job;
  const end = endedAt(job);
  if (end !== undefined && now >= end) {
    return timeline.end === "canceled" ? "canceled" : job.errorMessage === null ? "succeeded" : "failed";
  }
  let until = timeline.createdAt + timeline.idleMs;
  if (now < until) return job.kind === "publish" ? "queued" : "idle";
  until += timeline.lockedMs;
  if (now < until) return "locked";
  if (timeline.strange && now < until + timeline.strange.ms) return timeline.strange.status;
  return "in_progress";
}
