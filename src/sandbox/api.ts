import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Clock } from "../base/clock.ts";
import { mediaKinds } from "../base/media-kind.ts";
import {
  checkEditInputs,
  type EditEndpoint,
  type EditOperationSpec,
  editEndpoint,
  editOperations,
  isEditOperation,
  parseEditParams,
} from "../editing/operations.ts";
import { generateFamilies, generateFamilyNames } from "../nodes/generate/families.ts";
import { platformNames } from "../nodes/publish/platforms/platforms.ts";
import { ApiError, invalid, parseOr400 } from "./apiError.ts";
import { createSpending } from "./balance.ts";
import type { Fault } from "./faults.ts";
import type { Jobs } from "./jobs.ts";
import { createRandom } from "./media/random.ts";
import { type ModelSpec, models } from "./models.ts";
import { publishTargets } from "./publishing.ts";
import type { Job, Media, State } from "./state.ts";
import { endedAt, planTimeline, statusAt, usualMsOf } from "./timeline.ts";
import { receiveUpload } from "./upload.ts";

/** One request on its way through the sandbox; the gate fills the first half, the API the second. */
export type Call = {
  /** The parsed JSON body of a create, if it was JSON. */
  readonly body: unknown;
  /** A fault for the job that this request books. */
  readonly jobFault: Fault | undefined;
  /** The media named in the request has expired. */
  readonly mediaGone: boolean;
  jobId?: string;
};

type Environment = { Bindings: HttpBindings & { readonly call: Call }; Variables: { accountId: string } };
type ApiContext = Context<Environment>;

/** What an edit costs, as the pricing page says. */
const editMicrodollars = 50_000;
/** What every account starts with: 25 dollars. */
const startMicrodollars = 25_000_000;

const usd = (microdollars: number): string => `$${(microdollars / 1_000_000).toFixed(6)}`;
const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

const GenerateBody = z.object({
  model: z.string().min(1),
  prompt: z.string().max(20_000).optional(),
  params: z.record(z.string(), z.unknown()).default({}),
  attachmentMediaIds: z.array(z.string().min(1)).max(20).default([]),
});

const EditBody = z.object({
  operation: z.string().min(1),
  mediaIds: z.array(z.string().min(1)).max(20).default([]),
  audioMediaId: z.string().min(1).optional(),
  params: z.record(z.string(), z.unknown()).default({}),
  promptText: z.string().max(5000).optional(),
});

const MediaQuery = z.object({
  kind: z.enum(mediaKinds).optional(),
  source: z.enum(["user_upload", "model_generated", "editor_output", "scrape", "import"]).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

const HistoryQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  status: z.enum(["queued", "in_progress", "succeeded", "failed"]).optional(),
  product: z.enum(["IMAGE", "REELS", "STORIES", "CAROUSEL"]).optional(),
});

export function createApi(deps: {
  readonly state: State;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly mode: "current" | "legacy";
  readonly speed: number | "max";
  readonly seed: number;
  readonly maxUploadBytes: number;
  /** The address media URLs begin with. */
  readonly origin: () => string;
}): Hono<Environment> {
  const { state, clock } = deps;
  const app = new Hono<Environment>();
  const api = new Hono<Environment>();

  const showMedia = (media: Media) => ({
    mediaId: media.mediaId,
    url: `${deps.origin()}/files/${media.token}/${media.file}`,
    mimeType: media.mimeType,
    width: media.width,
    height: media.height,
    durationMs: media.durationMs,
    fps: media.fps,
  });
  const listMedia = (media: Media) => ({
    ...showMedia(media),
    kind: media.kind,
    source: media.source,
    sizeBytes: media.sizeBytes,
    createdAt: iso(media.createdAt),
  });

  const findMedia = (accountId: string, mediaId: string): Media => {
    const media = state.media(accountId, mediaId, clock.now());
    if (media) return media;
    throw new ApiError(404, `Media '${mediaId}' was not found`, { more: { detail: { mediaId } } });
  };

  /** Fetches what a request names; under the fault `mediaGone` all of it expires here. */
  const takeMedia = (c: ApiContext, mediaIds: readonly string[]): Media[] => {
    if (c.env.call.mediaGone) for (const mediaId of mediaIds) state.expireMedia(c.var.accountId, mediaId);
    return mediaIds.map((mediaId) => findMedia(c.var.accountId, mediaId));
  };

  const spendingOf = createSpending(state, clock);
  const balance = (accountId: string) => {
    const { spent, held } = spendingOf(accountId);
    return { total: startMicrodollars - spent, held };
  };

  /** Books a job: holds its cost, fixes its course, and answers with its id. */
  const book = (
    c: ApiContext,
    job: { kind: Job["kind"]; type: string; request: Record<string, unknown>; costMicrodollars: number },
    scheduledAt?: number,
  ): Job => {
    const { accountId } = c.var;
    const { total, held } = balance(accountId);
    if (job.costMicrodollars > total - held) {
      throw new ApiError(
        402,
        `Insufficient credits: this needs ${usd(job.costMicrodollars)}, ${usd(total - held)} is left`,
      );
    }
    const now = clock.now();
    const ordinal = state.nextOrdinal(accountId);
    const { jobFault } = c.env.call;
    const random = createRandom(`${deps.seed} timeline ${ordinal} ${job.type}`);
    const timeline = planTimeline(usualMsOf(job.kind, job.type), now, deps.speed, random, jobFault);
    const booked = state.addJob({
      ...job,
      accountId,
      ordinal,
      timeline:
        scheduledAt === undefined
          ? timeline
          : { ...timeline, strange: { status: "scheduled", ms: Math.max(0, scheduledAt - now) } },
      madeAt: timeline.end === "made" || timeline.end === "never" ? null : now,
      errorCode: jobFault?.type === "failed" ? jobFault.errorCode : null,
      errorMessage: jobFault?.type === "failed" ? jobFault.errorMessage : null,
    });
    c.env.call.jobId = booked.jobId;
    deps.jobs.add(booked);
    return booked;
  };

  api.use("*", async (c, next) => {
    const key = /^Bearer (sk_[0-9a-f]{64})$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (!key) throw new ApiError(401, "Missing or invalid API key");
    c.set("accountId", state.account(key));
    await next();
  });

  api.get("/auth/whoami", (c) =>
    c.json({
      accountId: c.var.accountId,
      email: "you@sandbox.invalid",
      plan: "SANDBOX",
      sandbox: { identity: state.identity, mode: deps.mode },
    }),
  );

  api.post("/media/upload", async (c) => {
    const { uploads, errors } = await receiveUpload(c.env.incoming, {
      state,
      accountId: c.var.accountId,
      maxBytes: deps.maxUploadBytes,
      now: clock.now,
    });
    const entries = [...uploads].map(([name, media]) => {
      const { mediaId, url, mimeType } = showMedia(media);
      return [name, { mediaId, url, mimeType }] as const;
    });
    const failed = errors.size > 0 ? { errors: Object.fromEntries(errors) } : {};
    const [first] = entries;
    if (!first) {
      const [reason] = errors.values();
      const message = reason ?? "'file' is required";
      return c.json({ error: { message, code: "validation_error" }, uploads: {}, ...failed }, 400);
    }
    const single = entries.length === 1 && errors.size === 0 ? first[1] : {};
    return c.json({ ...single, uploads: Object.fromEntries(entries), ...failed }, 201);
  });

  api.get("/media", (c) => {
    const query = parseOr400(MediaQuery, c.req.query());
    const media = state.listMedia(c.var.accountId, query, clock.now());
    return c.json({ media: media.map(listMedia), nextCursor: null });
  });
  api.get("/media/:mediaId", (c) => c.json(listMedia(findMedia(c.var.accountId, c.req.param("mediaId")))));

  for (const family of generateFamilyNames) {
    api.post(generateFamilies[family].path, (c) => {
      const body = parseOr400(GenerateBody, c.env.call.body);
      const model = models.find((spec) => spec.key === body.model && spec.family === family);
      if (!model) {
        const offered = models.filter((spec) => spec.family === family).map((spec) => spec.key);
        throw invalid(
          `'model' is not valid: the sandbox has no ${family} model '${body.model}', only ${offered.join(", ")}`,
        );
      }
      if (!body.prompt?.trim()) throw invalid("'prompt' is required");
      const params = parseOr400(model.parser, body.params, "params");
      const attachments = takeMedia(c, body.attachmentMediaIds);
      checkAttachments(model, attachments);
      const job = book(c, {
        kind: "inference",
        type: family,
        request: { ...body, params },
        costMicrodollars: model.cost(params, body.prompt),
      });
      return c.json({ inferenceJobId: job.jobId }, 201);
    });
  }

  for (const path of [
    "/audio/transcribe",
    "/audio/dialogue",
    "/alignment/extract-timestamps",
    "/video/analyze",
  ]) {
    api.post(path, () => {
      throw new ApiError(
        403,
        "The sandbox does not offer this endpoint; see docs/sandbox.md for what it does",
        { code: "feature_disabled" },
      );
    });
  }

  for (const endpoint of ["video", "image", "audio"] as const) {
    api.post(`/${endpoint}/edit`, (c) => {
      if (deps.mode === "current") {
        throw new ApiError(
          410,
          "Server-side editing was retired. Render the edit locally (for example with FFmpeg) and upload the result with POST /media/upload.",
        );
      }
      const { costMicrodollars, request } = readEdit(c, endpoint);
      const job = book(c, { kind: "editor", type: endpoint, request, costMicrodollars });
      return c.json({ editorJobId: job.jobId }, 201);
    });
  }

  const readEdit = (c: ApiContext, endpoint: "video" | "image" | "audio") => {
    const body = parseOr400(EditBody, c.env.call.body);
    const { operation } = body;
    if (!isEditOperation(operation)) {
      throw invalid(`'operation' is not valid: the sandbox has ${Object.keys(editOperations).join(", ")}`);
    }
    const spec: EditOperationSpec = editOperations[operation];
    const media = takeMedia(c, body.mediaIds);
    const audio = body.audioMediaId === undefined ? [] : takeMedia(c, [body.audioMediaId]);
    const fill = (field: "mediaIds" | "audioMediaId", given: readonly Media[]) =>
      given.map((item, i) => ({
        slot: spec.slots.filter((slot) => slot.field === field)[i]?.id ?? `${field}[${i}]`,
        media: item,
      }));
    const inputs = [...fill("mediaIds", media), ...fill("audioMediaId", audio)];
    const facts = inputs.map(({ slot, media: item }) => ({
      slot,
      kind: item.kind,
      ...(item.durationMs === null ? {} : { durationMs: item.durationMs }),
      ...(item.width === null ? {} : { width: item.width }),
      ...(item.height === null ? {} : { height: item.height }),
    }));
    // The public example sends an image into trim; it becomes a still clip of the asked length.
    const still = spec.stills && facts[0]?.kind === "image" && facts.length === 1;
    const [problem] = still ? [] : checkEditInputs(operation, facts);
    if (problem) throw invalid(`'${problem.param}' is not valid: ${problem.message}`);
    const first = inputs[0]?.media.kind ?? "video";
    const proper = editEndpoint(operation, still ? "video" : first);
    if (proper !== endpoint)
      throw invalid(`'operation' is not valid: ${operation} belongs to POST /${proper}/edit`);
    for (const name of spec.remoteRequired ?? []) {
      if (body.params[name] === undefined) throw invalid(`'params.${name}' is required`);
    }
    const parsed = parseEditParams(operation, body.params, still ? [] : facts);
    if (!parsed.ok) {
      const [issue] = parsed.issues;
      const missing = String(issue?.message).endsWith("received undefined");
      throw invalid(
        missing
          ? `'params.${issue?.param}' is required`
          : `'params.${issue?.param}' is not valid: ${issue?.message}`,
      );
    }
    const given = body.params["text"];
    const promptText = body.promptText ?? (typeof given === "string" ? given : undefined);
    if (spec.text === "required" && !promptText?.trim()) throw invalid("'promptText' is required");
    return {
      costMicrodollars: editMicrodollars,
      request: {
        operation,
        params: body.params,
        inputs: inputs.map(({ slot, media: item }) => ({ slot, mediaId: item.mediaId })),
        ...(promptText === undefined ? {} : { promptText }),
      },
    };
  };

  for (const platform of platformNames) {
    const target = publishTargets[platform];
    const { accountField, idField, cursorField } = target;
    api.post(`/publish/${platform}`, (c) => {
      const body: Record<string, unknown> = parseOr400(target.body, c.env.call.body);
      const scheduledAt =
        body["scheduledAt"] === undefined ? undefined : Date.parse(String(body["scheduledAt"]));
      const aheadMs = scheduledAt === undefined ? undefined : scheduledAt - clock.now();
      if (aheadMs !== undefined && !(aheadMs >= LEAST_AHEAD_MS && aheadMs <= MOST_AHEAD_MS))
        throw invalid("'scheduledAt' is not valid: it must be 5 minutes to 29 days ahead");
      const account = String(body[accountField]);
      if (!target.accounts(c.var.accountId).some((each) => each[accountField] === account)) {
        throw new ApiError(404, `${target.label} account '${account}' was not found`);
      }
      const [media] = takeMedia(c, [String(body["mediaId"])]);
      const { kinds } = target;
      if (!media || !kinds.includes(media.kind))
        throw invalid(
          `'mediaId' is not valid: ${target.label} takes ${kinds.join(" or ")}, not ${media?.kind}`,
        );
      const request = target.request(body, media.kind);
      const job = book(c, { kind: "publish", type: platform, request, costMicrodollars: 0 }, scheduledAt);
      const when = scheduledAt === undefined ? {} : { scheduledFor: iso(scheduledAt) };
      const status = scheduledAt === undefined ? "queued" : "scheduled";
      return c.json({ outputJobId: job.jobId, status, ...when }, 201);
    });

    api.get(`/${platform}/accounts`, (c) => c.json({ accounts: target.accounts(c.var.accountId) }));

    api.get(`/${platform}/publishes`, (c) => {
      const given = c.req.query();
      const { limit, status, product } = parseOr400(HistoryQuery, given);
      const { cursorCreatedAt, [cursorField]: cursorId } = given;
      if ((cursorCreatedAt === undefined) !== (cursorId === undefined)) {
        throw invalid(`'cursorCreatedAt' and '${cursorField}' must be given together`);
      }
      const rows = state
        .jobsOf(c.var.accountId)
        .filter((job) => job.kind === "publish" && job.type === platform)
        .reverse()
        .map(
          (job) =>
            ({
              [idField]: job.jobId,
              ...showPublish(job),
              ...job.request,
              createdAt: iso(job.timeline.createdAt),
            }) as Record<string, unknown>,
        )
        .filter(
          (row) =>
            (status ?? row["status"]) === row["status"] && (product ?? row["product"]) === row["product"],
        )
        .filter((row) => given[accountField] === undefined || row[accountField] === given[accountField]);
      const start = cursorId === undefined ? 0 : rows.findIndex((row) => row[idField] === cursorId) + 1;
      const page = rows.slice(start, start + limit);
      const last = page.at(-1);
      const more = last !== undefined && start + limit < rows.length;
      return c.json({
        publishes: page,
        nextCursor: more ? { createdAt: last["createdAt"], [idField]: last[idField] } : null,
      });
    });
  }

  api.post("/publish/:platform/carousel", () => {
    throw new ApiError(403, "The sandbox does not post carousels", { code: "feature_disabled" });
  });
  api.on(["GET", "DELETE"], ["/publish/scheduled", "/publish/scheduled/:id"], () => {
    throw new ApiError(403, "Scheduling is off for this account", { code: "feature_disabled" });
  });

  const findJob = (c: ApiContext, kind: Job["kind"], jobId: string): Job => {
    const job = state.job(c.var.accountId, jobId);
    if (job?.kind === kind) return job;
    throw new ApiError(404, `Job '${jobId}' was not found`);
  };
  const finishedAt = (job: Job): number | undefined => {
    const end = endedAt(job);
    return end !== undefined && end <= clock.now() ? end : undefined;
  };
  const showEnd = (job: Job) => {
    const end = finishedAt(job);
    const ended = end !== undefined;
    return {
      errorCode: ended ? job.errorCode : null,
      errorMessage: ended ? job.errorMessage : null,
      createdAt: iso(job.timeline.createdAt),
      finishedAt: ended ? iso(end) : null,
    };
  };
  const doneOutputs = (job: Job) => {
    const end = finishedAt(job);
    if (end === undefined || statusAt(job, clock.now()) !== "succeeded") return [];
    return (job.result?.outputs ?? []).map((output) => {
      const media =
        output.mediaId === null ? undefined : state.media(job.accountId, output.mediaId, clock.now());
      return { ...output, createdAt: iso(end), media: media ? showMedia(media) : null };
    });
  };
  const showPublish = (job: Job) => {
    const status = statusAt(job, clock.now());
    return {
      outputJobId: job.jobId,
      status,
      ...showEnd(job),
      ...(status === "succeeded" ? job.result?.post : {}),
    };
  };

  api.get("/jobs/inference/:jobId", (c) => {
    const job = findJob(c, "inference", c.req.param("jobId"));
    const { model, prompt, params, attachmentMediaIds } = job.request;
    const attachments = Array.isArray(attachmentMediaIds) ? attachmentMediaIds.map(String) : [];
    return c.json({
      inferenceJobId: job.jobId,
      model,
      provider: models.find((spec) => spec.key === model)?.provider ?? "sandbox",
      type: job.type,
      prompt: prompt ?? null,
      status: statusAt(job, clock.now()),
      params,
      infoMessage: null,
      ...showEnd(job),
      outputs: doneOutputs(job).map((output) => ({
        inferenceJobOutputId: output.id,
        outputKey: output.key,
        outputValue: output.value,
        createdAt: output.createdAt,
        media: output.media,
      })),
      attachments: attachments.map((mediaId) => ({ mediaId })),
    });
  });

  api.get("/jobs/editor/:jobId", (c) => {
    const job = findJob(c, "editor", c.req.param("jobId"));
    return c.json({
      editorJobId: job.jobId,
      operation: job.request["operation"],
      status: statusAt(job, clock.now()),
      ...showEnd(job),
      // Flat, unlike inference outputs: the documented trap.
      outputs: doneOutputs(job).flatMap((output) => (output.media ? [output.media] : [])),
    });
  });

  api.get("/jobs/publish/:jobId", (c) => c.json(showPublish(findJob(c, "publish", c.req.param("jobId")))));

  api.get("/capabilities", (c) => c.json(capabilities(deps.mode)));
  api.get("/pricing", (c) => c.json(pricing()));
  api.post("/pricing/estimate", (c) => {
    const body = parseOr400(GenerateBody.pick({ model: true, prompt: true, params: true }), c.env.call.body);
    const model = models.find((spec) => spec.key === body.model);
    if (!model) throw new ApiError(404, `Model '${body.model}' was not found`);
    // An estimate is asked for before every param is known.
    const params = parseOr400(model.parser.partial(), body.params, "params");
    const microdollars = model.cost(params, body.prompt ?? "");
    return c.json({
      model: model.key,
      estimatedCostMicrodollars: microdollars,
      estimatedCostUsd: usd(microdollars),
      estimatedCredits: microdollars / 1000,
    });
  });
  api.get("/balance", (c) => {
    const { total, held } = balance(c.var.accountId);
    return c.json({
      balanceMicrodollars: total,
      balanceUsd: usd(total),
      credits: total / 1000,
      heldMicrodollars: held,
      nextRefillAt: null,
    });
  });

  app.get("/files/:token/:name", (c) => {
    const media = state.mediaByToken(c.req.param("token"), clock.now());
    if (!media || media.file !== c.req.param("name")) throw new ApiError(404, "File not found");
    return sendFile(state.mediaPath(media), media, c.req.header("range"), c.req.method === "HEAD");
  });
  app.route("/api/v1", api);
  app.notFound((c) => new ApiError(404, `${c.req.method} ${c.req.path} was not found`).response());
  app.onError((error) => {
    if (error instanceof ApiError) return error.response();
    throw error;
  });
  return app;
}

function checkAttachments(model: ModelSpec, attachments: readonly Media[]): void {
  let slot = 0;
  let filled = 0;
  attachments.forEach((media, i) => {
    for (; slot < model.slots.length; slot++, filled = 0) {
      const place = model.slots[slot];
      if (place?.kinds.includes(media.kind) && filled < place.max) break;
    }
    if (slot === model.slots.length) {
      const takes = model.slots
        .map(({ name, max }) => (max === 1 ? name : `up to ${max} ${name}`))
        .join(", ");
      throw invalid(
        `'attachmentMediaIds.${i}' is not valid: ${model.key} takes ${takes || "no attachments"}`,
      );
    }
    filled += 1;
  });
}

/** @see docs/wondercat-api.md, sections 9.1 and 9.2 */
const LEAST_AHEAD_MS = 5 * 60_000;
const MOST_AHEAD_MS = 29 * 24 * 60 * 60_000;

function capabilities(mode: "current" | "legacy"): object {
  const byEndpoint: Record<EditEndpoint, object[]> = { video: [], image: [], audio: [] };
  if (mode === "legacy") {
    for (const spec of Object.values<EditOperationSpec>(editOperations)) {
      const endpoints: EditEndpoint[] =
        typeof spec.endpoint === "string" ? [spec.endpoint] : [...new Set(Object.values(spec.endpoint))];
      const required = spec.slots.filter((slot) => slot.required).length;
      const kinds = spec.slots.flatMap((slot) => (slot.kind === "media" ? ["image", "video"] : [slot.kind]));
      const entry = {
        operation: spec.operation,
        label: spec.label,
        description: spec.description,
        accepts: {
          media: { kinds: [...new Set(kinds)], min: required, max: spec.slots.length },
          ...(spec.text === "required" ? { text: { optional: false } } : {}),
        },
        params: z.toJSONSchema(spec.params, { io: "input" }),
      };
      for (const endpoint of endpoints) byEndpoint[endpoint].push(entry);
    }
  }
  return {
    generation: Object.fromEntries(
      generateFamilyNames.map((family) => [
        family,
        models
          .filter((spec) => spec.family === family)
          .map(({ key, label, description, slots, params }) => ({
            key,
            label,
            description,
            attachments: slots.map((slot) => slot.name),
            params,
          })),
      ]),
    ),
    editing: byEndpoint,
    publish: platformNames.map((platform) => {
      const { operation, label, description, kinds, params } = publishTargets[platform];
      return {
        operation,
        label,
        description,
        accepts: { media: { kinds, min: 1, max: 1 }, text: { optional: true } },
        params: z.toJSONSchema(params, { io: "input" }),
      };
    }),
  };
}

function pricing(): object {
  return {
    models: models.map(({ key, label, description, family, prices }) => ({
      key,
      label,
      description,
      stepType: family,
      pricing: prices.map((price) => ({
        ...price,
        unitPriceUsd: usd(price.unitPriceMicrodollars),
        credits: price.unitPriceMicrodollars / 1000,
      })),
    })),
    editor: {
      type: "editor_render",
      label: "Editor render",
      pricing: {
        unit: "per_render",
        unitPriceMicrodollars: editMicrodollars,
        unitPriceUsd: usd(editMicrodollars),
        credits: editMicrodollars / 1000,
      },
    },
  };
}

/** Bytes of a file, whole or one range of it. */
function sendFile(path: string, media: Media, range: string | undefined, headOnly: boolean): Response {
  const size = media.sizeBytes;
  const headers = {
    "content-type": media.mimeType,
    "accept-ranges": "bytes",
    "cache-control": "private, max-age=3600",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
  };
  const asked = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  let [start, end, status] = [0, size - 1, 200];
  if (asked && (asked[1] !== "" || asked[2] !== "")) {
    start = asked[1] === "" ? Math.max(0, size - Number(asked[2])) : Number(asked[1]);
    end = asked[1] === "" || asked[2] === "" ? size - 1 : Math.min(size - 1, Number(asked[2]));
    if (start > end || start >= size) {
      return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${size}` } });
    }
    status = 206;
  }
  const body = headOnly ? null : Readable.toWeb(createReadStream(path, { start, end }));
  return new Response(body as ReadableStream | null, {
    // Node's stream type and the fetch type are the same thing
    status,
    headers: {
      ...headers,
      "content-length": String(end - start + 1),
      ...(status === 206 ? { "content-range": `bytes ${start}-${end}/${size}` } : {}),
    },
  });
}
