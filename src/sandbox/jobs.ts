import { randomUUID } from "node:crypto";
import { copyFile, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { z } from "zod";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { createSemaphore } from "../base/semaphore.ts";
import { EditFailure } from "../editing/failure.ts";
import { editOperations, isEditOperation } from "../editing/operations.ts";
import { probeSource } from "../editing/probe.ts";
import { isGenerateFamily } from "../nodes/generate/families.ts";
import { isPlatform } from "../nodes/publish/platforms/platforms.ts";
import { markFile } from "./mark.ts";
import { createRandom } from "./media/random.ts";
import { sandboxFamilies } from "./models.ts";
import { publishTargets } from "./publishing.ts";
import type { RenderEdit } from "./renderEdit.ts";
import { type Job, type JobResult, type Media, type State, uuidOf } from "./state.ts";
import { endedAt, startsAt } from "./timeline.ts";

/** What the API stored about a create, already validated there. */
const InferenceRequest = z.object({
  model: z.string(),
  prompt: z.string().default(""),
  params: z.record(z.string(), z.unknown()).default({}),
  attachmentMediaIds: z.array(z.string()).default([]),
});
const EditRequest = z.object({
  operation: z.string(),
  params: z.record(z.string(), z.unknown()).default({}),
  inputs: z.array(z.object({ slot: z.string(), mediaId: z.string() })),
  promptText: z.string().optional(),
});

type Made = { readonly media: Omit<Media, "token">[]; readonly result: JobResult };

/** At once; the machine has other things to do as well. */
const workers = 2;

export type Jobs = {
  /** Books work that is already in the state. */
  add(job: Job): void;
  /** Stops; what is unfinished goes on at the next start. */
  close(): Promise<void>;
};

/**
 * Makes what jobs promise. Each is started when its time comes and written to the state when its bytes are there;
 * after a restart, what was unfinished is made again from the stored request.
 */
export function startJobs(deps: {
  readonly state: State;
  readonly clock: Clock;
  readonly seed: number;
  readonly renderEdit: RenderEdit;
  readonly onBug: (error: unknown) => void;
}): Jobs {
  const { state, clock } = deps;
  const stop = new AbortController();
  const timers = new Map<string, unknown>();
  const makers = createSemaphore(workers);
  const running = new Set<Promise<void>>();

  function add(job: Job): void {
    if (job.timeline.end !== "made") return;
    const begin = () => {
      timers.delete(job.jobId);
      const run = inTurn(job).finally(() => running.delete(run));
      running.add(run);
    };
    timers.set(job.jobId, clock.setTimeout(begin, Math.max(0, startsAt(job.timeline) - clock.now())));
  }

  async function inTurn(job: Job): Promise<void> {
    const place = await makers.enter(stop.signal).catch(() => undefined);
    if (!place) return; // closed before its turn: it is made after a restart
    using _place = place;
    await carryOut(job);
  }

  async function carryOut(job: Job): Promise<void> {
    const folder = join(state.workFolder, job.jobId);
    try {
      await mkdir(folder, { recursive: true });
      const { media, result } = await make(job, folder);
      if (stop.signal.aborted) return;
      // Media appears in listings only once its job is done.
      const madeAt = clock.now();
      const visibleAt = endedAt({ ...job, madeAt }) ?? madeAt;
      state.finishJob(
        job.jobId,
        madeAt,
        media.map((item) => ({ ...item, createdAt: visibleAt })),
        result,
      );
    } catch (error) {
      if (stop.signal.aborted) return;
      if (error instanceof EditFailure) {
        state.failJob(job.jobId, clock.now(), "render_error", error.message);
        return;
      }
      deps.onBug(error);
      const reason = messageOf(error);
      state.failJob(job.jobId, clock.now(), "sandbox_error", `The sandbox could not make this: ${reason}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  function make(job: Job, folder: string): Promise<Made> {
    if (job.kind === "publish") return publish(job, folder);
    return job.kind === "editor" ? edit(job, folder) : generate(job, folder);
  }

  const input = (job: Job, mediaId: string): Media => {
    const media = state.media(job.accountId, mediaId, clock.now());
    if (!media) throw new EditFailure("unreadable-input", `Media ${mediaId} has expired.`);
    return media;
  };

  /** Marks a finished file, measures it and moves it among the media. */
  async function keep(
    job: Job,
    path: string,
    source: "model_generated" | "editor_output",
  ): Promise<Omit<Media, "token">> {
    const { facts } = await probeSource(path);
    await markFile(path, facts.mimeType);
    const mediaId = randomUUID();
    const file = `${mediaId}${extname(path)}`;
    const { size } = await stat(path);
    await rename(path, join(state.mediaFolder, file));
    return {
      mediaId,
      accountId: job.accountId,
      file,
      kind: facts.kind,
      mimeType: facts.mimeType,
      sizeBytes: size,
      width: facts.width ?? null,
      height: facts.height ?? null,
      durationMs: facts.durationMs ?? null,
      fps: facts.fps ?? null,
      source,
      createdAt: 0,
    };
  }

  const mediaResult = (
    media: readonly Omit<Media, "token">[],
    keys: readonly (string | undefined)[] = [],
  ): JobResult => ({
    outputs: media.map((item, place) => ({
      id: randomUUID(),
      key: keys[place] ?? item.kind,
      mediaId: item.mediaId,
      value: null,
    })),
  });

  async function generate(job: Job, folder: string): Promise<Made> {
    const { model, prompt, params, attachmentMediaIds } = InferenceRequest.parse(job.request);
    if (!isGenerateFamily(job.type)) throw new Error(`Unknown family ${job.type}`);
    const given = params["seed"];
    const made = await sandboxFamilies[job.type].make({
      ...{ model, prompt, params, folder },
      seed: `${model} ${typeof given === "number" ? given : `${deps.seed}.${job.ordinal}`}`,
      attachments: attachmentMediaIds.map((mediaId) => {
        const media = input(job, mediaId);
        return { ...media, path: state.mediaPath(media) };
      }),
      signal: stop.signal,
    });
    if ("text" in made) {
      const output = { id: randomUUID(), key: "text", mediaId: null, value: made.text };
      return { media: [], result: { outputs: [output] } };
    }
    const media = [await keep(job, made.path, "model_generated")];
    return { media, result: mediaResult(media) };
  }

  async function edit(job: Job, folder: string): Promise<Made> {
    const { operation, params, inputs, promptText } = EditRequest.parse(job.request);
    if (!isEditOperation(operation)) throw new Error(`Unknown operation ${operation}`);
    const files = await deps.renderEdit(
      {
        operation,
        params,
        inputs: inputs.map(({ slot, mediaId }) => {
          const media = input(job, mediaId);
          return { slot, path: state.mediaPath(media), kind: media.kind };
        }),
        ...(promptText !== undefined && "text" in editOperations[operation] ? { text: promptText } : {}),
        allowStill: true,
        outputDir: folder,
        outputName: "output",
      },
      stop.signal,
    );
    const media: Omit<Media, "token">[] = [];
    for (const file of files) media.push(await keep(job, file.path, "editor_output"));
    return {
      media,
      result: mediaResult(
        media,
        files.map(({ key }) => key),
      ),
    };
  }

  /** Writes the post folder. It appears whole, under the job's id, and is left alone if it is already there. */
  async function publish(job: Job, folder: string): Promise<Made> {
    const media = input(job, String(job.request["mediaId"]));
    const number = BigInt(`0x${uuidOf(job.jobId).replaceAll("-", "").slice(0, 14)}`).toString();
    const code = createRandom(job.jobId).int(1e8, 9e8).toString(36);
    if (!isPlatform(job.type)) throw new Error(`Unknown platform ${job.type}`);
    const post = publishTargets[job.type].post({ jobId: job.jobId, number, code });
    await copyFile(state.mediaPath(media), join(folder, `media${extname(media.file)}`));
    const record = {
      id: job.jobId,
      platform: job.type,
      postedAt: new Date(clock.now()).toISOString(),
      accountId: job.accountId,
      ...post,
      request: job.request,
      media: {
        mediaId: media.mediaId,
        mimeType: media.mimeType,
        width: media.width,
        height: media.height,
        durationMs: media.durationMs,
      },
    };
    await writeFile(join(folder, "post.json"), `${JSON.stringify(record, null, 2)}\n`);
    const target = join(state.postsFolder, job.jobId);
    // Left by a sandbox that ended between this rename and the note in the database: the post was made.
    const posted = await stat(target).then(
      () => true,
      () => false,
    );
    if (!posted) await rename(folder, target);
    return { media: [], result: { outputs: [], post } };
  }

  for (const job of state.unfinishedJobs()) add(job);

  return {
    add,
    async close() {
      stop.abort();
      for (const timer of timers.values()) clock.clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
