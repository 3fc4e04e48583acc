import { z } from "zod";
import { generateFamilyNames, isGenerateFamily } from "../nodes/generate/families.ts";
import { createRandom } from "./media/random.ts";

const milliseconds = z.int().min(0).max(86_400_000);

/**
 * Trouble on demand. A faults file is `{ "rules": [ … ] }`; see docs/sandbox.md and examples/faults.
 *
 * Faults of a job (`failed`, `canceled`, `stuck`, `unknownStatus`, `slow` with `what: "job"`) are fixed when the job
 * is booked and stay with it over a restart. All others concern one answer.
 */
const Fault = z
  .discriminatedUnion("type", [
    z
      .strictObject({
        type: z.literal("slow"),
        ms: milliseconds.meta({ description: "Real milliseconds, not divided by the speed." }),
        what: z.enum(["response", "job"]).default("response"),
      })
      .meta({ description: "The answer, or the job, takes this much longer." }),
    z
      .strictObject({
        type: z.literal("failed"),
        errorMessage: z.string().default("The model could not finish this request."),
        errorCode: z.string().default("provider_error"),
      })
      .meta({ description: "The job ends as failed with this message. It costs nothing." }),
    z.strictObject({ type: z.literal("canceled") }).meta({ description: "The job ends as cancelled." }),
    z
      .strictObject({ type: z.literal("stuck") })
      .meta({ description: "The job stays in progress for ever. Its hold on the balance stays too." }),
    z
      .strictObject({
        type: z.literal("unknownStatus"),
        status: z.string().min(1).default("waiting_for_gpu"),
        ms: milliseconds.default(2000),
      })
      .meta({
        description:
          "Before it runs, the job reports a status no client knows, for this many real milliseconds.",
      }),
    z
      .strictObject({
        type: z.literal("status"),
        status: z.union([z.literal(402), z.literal(403), z.literal(409), z.literal(429), z.literal(500)]),
        code: z.string().optional(),
        message: z.string().optional(),
        retryAfterSeconds: z
          .int()
          .min(0)
          .optional()
          .meta({ description: "Sent as the Retry-After header. Left out: no header." }),
        deferUntilSeconds: z
          .number()
          .min(0)
          .optional()
          .meta({ description: "Sent as error.deferUntil, this long from now. Left out: no such member." }),
      })
      .meta({ description: "The request is refused with this status and nothing is made." }),
    z
      .strictObject({ type: z.literal("unauthorized") })
      .meta({ description: "The request is refused with 401." }),
    z.strictObject({ type: z.literal("mediaGone") }).meta({
      description:
        "The media the request names has expired: refused with 404 not_found, now and in every later request.",
    }),
    z
      .strictObject({ type: z.literal("resetBefore") })
      .meta({ description: "The connection is reset and nothing is made." }),
    z
      .strictObject({ type: z.literal("resetAfter") })
      .meta({ description: "The job is made, then the connection is reset without an answer." }),
    z.strictObject({ type: z.literal("cutBody") }).meta({
      description: "The job is made, but the answer's body ends half way and the connection is reset.",
    }),
    z
      .strictObject({ type: z.literal("malformedJson") })
      .meta({ description: "The job is made, but the answer's body is not JSON, though it says so." }),
    z
      .strictObject({
        type: z.literal("html"),
        status: z.int().min(200).max(599).default(502),
        booked: z
          .boolean()
          .default(false)
          .meta({ description: "Whether the request was carried out all the same." }),
      })
      .meta({ description: "The answer is an HTML page, as from a proxy in between." }),
    z
      .strictObject({ type: z.literal("noId") })
      .meta({ description: "The job is made, but the answer lacks its id." }),
  ])
  .meta({ id: "Fault" });
export type Fault = z.infer<typeof Fault>;

const methods = ["GET", "POST", "DELETE"] as const;
const kinds = ["upload", "inference", ...generateFamilyNames, "editor", "publish"] as const;

const FaultRule = z
  .strictObject({
    name: z.string().optional().meta({ description: "Said in the log in place of the fault's type." }),
    match: z
      .strictObject({
        method: z.enum(methods).optional(),
        path: z.string().startsWith("/").optional().meta({
          description:
            "Path below /api/v1, or /files/…. * stands for anything but a slash, ** for anything; without either it is a prefix of whole segments.",
        }),
        kind: z
          .enum(kinds)
          .optional()
          .meta({
            description: `What the request makes. inference covers ${generateFamilyNames.join(", ")}.`,
          }),
        model: z
          .string()
          .optional()
          .meta({ description: "The model, for edits the operation, for posts the platform." }),
        promptIncludes: z
          .string()
          .min(1)
          .optional()
          .meta({ description: "Part of the prompt, caption or overlay text; case does not matter." }),
      })
      .default({})
      .meta({ description: "All that is given must fit. Nothing given: every request fits." }),
    nth: z
      .int()
      .min(1)
      .optional()
      .meta({ description: "Only the n-th request that fits, counted from 1 since the start." }),
    probability: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta({ description: "How often, drawn from the sandbox's seed." }),
    times: z.int().min(1).optional().meta({ description: "At most this often since the start." }),
    fault: Fault,
  })
  .refine((rule) => rule.nth === undefined || rule.probability === undefined, {
    error: "give nth or probability, not both",
  });

export const FaultFile = z
  .strictObject({ $schema: z.string().optional(), rules: z.array(FaultRule).max(200) })
  .meta({ title: "Catwalk sandbox faults" });
export type FaultFile = z.infer<typeof FaultFile>;

/** JSON Schema of a faults file, for editors. The same text lies beside the examples. */
export const faultsJsonSchema = (): object => z.toJSONSchema(FaultFile, { io: "input" });

export type RequestKind = (typeof kinds)[number];

/** What rules can look at. */
export type FaultSubject = {
  readonly method: string;
  readonly path: string;
  /** Set on requests that make something. */
  readonly kind?: RequestKind;
  readonly model?: string;
  readonly prompt?: string;
};

const jobFaults: readonly string[] = ["failed", "canceled", "stuck", "unknownStatus"];

/** Whether the fault changes the job rather than the answer. */
export const isJobFault = (fault: Fault): boolean =>
  jobFaults.includes(fault.type) || (fault.type === "slow" && fault.what === "job");

function pathFits(pattern: string, path: string): boolean {
  if (!pattern.includes("*")) return path === pattern || path.startsWith(`${pattern.replace(/\/$/, "")}/`);
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) =>
      part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"),
    );
  return new RegExp(`^${source.join("")}$`).test(path);
}

function fits(rule: z.infer<typeof FaultRule>, subject: FaultSubject): boolean {
  const { method, path, kind, model, promptIncludes } = rule.match;
  if (isJobFault(rule.fault) && (subject.kind === undefined || subject.kind === "upload")) return false;
  if (method !== undefined && method !== subject.method) return false;
  if (path !== undefined && !pathFits(path, subject.path)) return false;
  if (kind !== undefined && kind !== subject.kind) {
    if (kind !== "inference" || !isGenerateFamily(subject.kind)) return false;
  }
  if (model !== undefined && model !== subject.model) return false;
  return (
    promptIncludes === undefined ||
    (subject.prompt ?? "").toLowerCase().includes(promptIncludes.toLowerCase())
  );
}

/**
 * Decides for one request after the other. Rules are looked at in order; each that fits counts the request; the first
 * that fires wins and later rules do not see it.
 */
export function createFaults(
  file: FaultFile,
  seed: number,
): (subject: FaultSubject) => { readonly name: string; readonly fault: Fault } | undefined {
  const rules = file.rules.map((rule, i) => ({
    rule,
    seen: 0,
    fired: 0,
    random: createRandom(`${seed} fault ${i}`),
  }));
  return (subject) => {
    for (const state of rules) {
      const { rule } = state;
      if (!fits(rule, subject)) continue;
      state.seen += 1;
      if (rule.nth !== undefined && rule.nth !== state.seen) continue;
      if (rule.probability !== undefined && !state.random.chance(rule.probability)) continue;
      if (rule.times !== undefined && state.fired >= rule.times) continue;
      state.fired += 1;
      return { name: rule.name ?? rule.fault.type, fault: rule.fault };
    }
    return undefined;
  };
}
