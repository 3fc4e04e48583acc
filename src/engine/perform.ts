/** What each kind of step work means. Executors say what; this says how; `create.ts` guards the money. */

import { type EditOperationSpec, editOperations, isEditOperation } from "../editing/operations.ts";
import type { MediaKind } from "../graph/ports.ts";
import type { MediaValue, StepOutput, StepValue, StepWork } from "../nodes/work.ts";
import type { CreateRequest, JobOutput, JobRef, JobView, RemoteMedia } from "../wondercat/types.ts";
import { type CreateEnd, type CreateOrder, create } from "./create.ts";
import type { EngineLimits, StoredMedia } from "./deps.ts";
import type { Approver, Failure, PostPreview, StepPhase } from "./events.ts";
import { bytesGone, jobFailure, localFailure, noOutput, StepFailed, toFailure } from "./failures.ts";
import { classOf } from "./job-times.ts";
import { takeSlot } from "./limits.ts";
import { askFor, hold, ledgerRow, lookAgain, type PostWork, postPreview, selfApproval } from "./posts.ts";
import type { StepState } from "./run-state.ts";
import type { StepContext, StepEnd } from "./step-context.ts";
import type { Wanted } from "./take-choice.ts";
import { isDeterministic, type ReusableWork, remoteParams, takeIdOf, takeKeys } from "./take-key.ts";
import { Stopped, unlessStopped } from "./waiting.ts";

type WorkOf<Kind extends StepWork["kind"]> = Extract<StepWork, { kind: Kind }>;

/** Work that needs nobody: done on the spot, so that long chains of it cost no turn of the event loop. */
export function performAtOnce(work: StepWork, step: StepContext["step"]): StepEnd | undefined {
  const { stepId } = step;
  if (work.kind === "finish") return succeeded(stepId, work.outputs);
  if (work.kind === "impossible")
    return failed(stepId, {
      code: "impossible",
      message: work.message,
      remedy: work.remedy,
      cost: "none",
      retryable: false,
    });
  return undefined;
}

/**
 * @param approved the post a person has said yes to, when the step goes on after its approval.
 * @throws Stopped, JournalFailure
 */
export async function perform(
  work: StepWork,
  context: StepContext,
  approved?: PostPreview,
): Promise<StepEnd> {
  const { stepId } = context.step;
  try {
    switch (work.kind) {
      case "finish":
      case "impossible":
        return performAtOnce(work, context.step) ?? succeeded(stepId, []);
      case "upload":
        return await upload(work, context);
      case "generate":
        return await generate(work, context);
      case "edit":
        return await edit(work, context);
      case "publish":
        return await publish(work, context, approved);
      case "save":
        return await save(work, context);
      default:
        return assertNever(work);
    }
  } catch (error) {
    if (error instanceof StepFailed) return failed(stepId, error.failure);
    throw error;
  }
}

/** Goes on with a job that was accepted earlier: only looks, never creates. @throws Stopped */
export async function followAgain(work: StepWork, job: JobRef, context: StepContext): Promise<StepEnd> {
  return await follow(work, job, context, true);
}

async function upload(work: WorkOf<"upload">, context: StepContext): Promise<StepEnd> {
  const { path: _place, name: _name, ...facts } = work.file;
  const media: StoredMedia = { type: "media", ...facts };
  const { mediaId, remembered } = await sendBytes(media, context);
  return succeeded(context.step.stepId, [{ portId: work.outputPort, value: { ...media, mediaId } }], {
    cached: remembered,
  });
}

async function generate(work: WorkOf<"generate">, context: StepContext): Promise<StepEnd> {
  return await makeOnce(wantedOf(work, "remote", context), context, {
    request: async (uploadAgain) => {
      const attachmentMediaIds = await mediaIdsOf(work.attachments, context, uploadAgain);
      return {
        kind: "inference",
        family: work.family,
        body: {
          model: work.model,
          ...(work.prompt === undefined ? {} : { prompt: work.prompt }),
          params: work.params,
          ...(attachmentMediaIds.length > 0 ? { attachmentMediaIds } : {}),
        },
      };
    },
  });
}

function wantedOf(work: ReusableWork, way: "remote" | "local", context: StepContext): Wanted {
  const { deps, step, executorVersion: version } = context;
  const scope = deps.server.scope;
  const keys = takeKeys({ type: step.type, version, work, way: way === "local" ? way : { scope } }, (text) =>
    deps.sha256(text),
  );
  return { step, work, keys, shares: isDeterministic(work) };
}

/** An earlier result, or a job that makes one; never both, and never a second job for the same take. */
async function makeOnce(
  wanted: Wanted,
  context: StepContext,
  order: Pick<CreateOrder, "request">,
  onEnd?: (end: CreateEnd) => Promise<StepEnd | undefined>,
): Promise<StepEnd> {
  for (;;) {
    const found = await context.reuse.lookUp(wanted, context.signal);
    if (found) return found;
    const end = await create(context, { ...order, wanted });
    if (end.kind === "look-again") continue;
    return (await onEnd?.(end)) ?? (await conclude(end, wanted.work, context));
  }
}

async function edit(work: WorkOf<"edit">, context: StepContext): Promise<StepEnd> {
  const { editing } = context.deps;
  if (work.via === "local" || (work.via === "auto" && editing.current() === "local"))
    return await renderHere(work, context);
  const asking = work.via === "auto" && editing.current() === "unknown";
  if (asking) {
    // What was rendered here before need not be asked for.
    const found = await context.reuse.lookUp(wantedOf(work, "local", context), context.signal);
    if (found) return found;
  }
  return await makeOnce(
    wantedOf(work, "remote", context),
    context,
    { request: (uploadAgain) => editRequest(work, context, uploadAgain) },
    async (end) => {
      if (end.kind === "accepted" && asking) editing.learned("remote");
      const isRetired =
        end.kind === "not-made" &&
        end.outcome === "refused" &&
        end.failure.status === 410 &&
        end.failure.mediaGone !== true;
      if (!isRetired || work.via === "remote") return undefined;
      editing.learned("local");
      context.reuse.letGo(context.step.stepId);
      return await renderHere(work, context);
    },
  );
}

async function editRequest(
  work: WorkOf<"edit">,
  context: StepContext,
  uploadAgain: boolean,
): Promise<CreateRequest> {
  const spec: EditOperationSpec | undefined = isEditOperation(work.operation)
    ? editOperations[work.operation]
    : undefined;
  const isBeside = (slot: string) => spec?.slots.find((each) => each.id === slot)?.field === "audioMediaId";
  const ids = await mediaIdsOf(
    work.inputs.map((input) => input.media),
    context,
    uploadAgain,
  );
  const mediaIds = ids.filter((_, index) => !isBeside(work.inputs[index]?.slot ?? ""));
  const audioMediaId = ids.find((_, index) => isBeside(work.inputs[index]?.slot ?? ""));
  const params = remoteParams(work);
  return {
    kind: "editor",
    endpoint: work.endpoint,
    body: {
      operation: work.operation,
      ...(mediaIds.length > 0 ? { mediaIds } : {}),
      ...(audioMediaId === undefined ? {} : { audioMediaId }),
      params,
      ...(work.text === undefined ? {} : { promptText: work.text }),
    },
  };
}

async function renderHere(work: WorkOf<"edit">, context: StepContext): Promise<StepEnd> {
  const { deps, reuse, signals, signal, step, traffic } = context;
  const early = await reuse.lookUp(wantedOf(work, "local", context), signal);
  if (early) return early;
  const stored: StoredMedia[] = [];
  for (const { media } of work.inputs) stored.push(await bytesOf(media, context));
  const inputs = work.inputs.map((input, index) => ({ ...input, media: stored[index] ?? input.media }));
  const wanted = wantedOf({ ...work, inputs }, "local", context);
  while (!(await reuse.reserve(wanted))) {
    const found = await reuse.lookUp(wanted, signal);
    if (found) return found;
  }
  const release = await takeSlot(traffic.renders, {
    ...{ stepId: step.stepId, signal, signals },
    waitingFor: "the editor, which renders another clip",
  });
  try {
    enter("rendering", context);
    const files = await Promise.all(
      stored.map(async (media, index) => {
        const path = await deps.media.pathOf(media.sha256);
        if (path === undefined) throw new StepFailed(bytesGone(makerOf(media, context)?.step));
        return { slot: work.inputs[index]?.slot ?? "", path, kind: media.kind };
      }),
    );
    const { path } = await unlessStopped(
      deps.editor.render(
        {
          operation: work.operation,
          params: work.params,
          inputs: files,
          ...(work.text === undefined ? {} : { text: work.text }),
        },
        {
          signal,
          onProgress: (fraction, detail) =>
            signals.send(step.stepId, { fraction, ...(detail === undefined ? {} : { detail }) }),
        },
      ),
      signal,
    );
    const media = await deps.media.adopt(path, { madeFrom: stored.map((each) => each.sha256) });
    return made(context, [{ portId: work.outputPort, value: media }]);
  } catch (error) {
    if (error instanceof Stopped || error instanceof StepFailed) throw error;
    throw new StepFailed(
      localFailure(error, { code: "render_failed", remedy: "Change the edit or its input and retry." }),
    );
  } finally {
    release();
  }
}

async function publish(work: PostWork, context: StepContext, approved?: PostPreview): Promise<StepEnd> {
  const { deps, recorder, step } = context;
  const { stepId } = step;
  if (deps.publishPolicy === "skip")
    return { body: { type: "step-skipped", stepId, reason: { kind: "publish-not-allowed" } } };

  // An approval is bound to the media as it was shown, even if its bytes can be had by now.
  const media = approved?.media ?? (await identified(work.media, context));
  const post = await postPreview(work, media, context);
  let by: Approver = "person";
  if (approved) {
    // What was approved is exactly what is sent, or it is asked for again.
    if (approved.digest !== post.digest || post.blockedBy) return askFor(post, stepId);
  } else {
    const self = selfApproval(post, context);
    if (!self) return askFor(post, stepId);
    by = self;
    await recorder.commit({ type: "approval-given", stepId, digest: post.digest, by });
  }

  let latest = post;
  const end = await create(context, {
    request: async (uploadAgain) => {
      const [mediaId = ""] = await mediaIdsOf([post.media], context, uploadAgain);
      return {
        kind: "publish",
        platform: work.platform,
        body: {
          mediaId,
          accountId: work.accountId,
          ...(work.caption === undefined ? {} : { caption: work.caption }),
          params: work.params,
        },
      };
    },
    post: {
      hold: () => hold(post, context),
      async mayGo() {
        latest = await lookAgain(post, deps);
        return !latest.blockedBy && (by === "sandbox" || latest.digest === post.digest);
      },
      lastSentAt: () => latest.lastSentAt,
      row: (attempt) => ledgerRow(post, by, context, attempt),
    },
  });
  return end.kind === "not-admitted" ? askFor(latest, stepId) : await conclude(end, work, context);
}

/** The ledger knows media by their bytes. Where these cannot be had, the server's id must do. */
async function identified(media: MediaValue, context: StepContext): Promise<MediaValue> {
  try {
    return await bytesOf(media, context);
  } catch (error) {
    if (error instanceof StepFailed && media.mediaId !== undefined) return media;
    throw error;
  }
}

async function save(work: WorkOf<"save">, context: StepContext): Promise<StepEnd> {
  const items: StepValue[] = [];
  for (const item of work.items) items.push(item.type === "media" ? await bytesOf(item, context) : item);
  enter("saving", context);
  try {
    await unlessStopped(context.deps.saver.save(items, work.name), context.signal);
  } catch (error) {
    if (error instanceof Stopped) throw error;
    throw new StepFailed(
      localFailure(error, { code: "save_failed", remedy: "Make room or choose another folder, then retry." }),
    );
  }
  return succeeded(context.step.stepId, []);
}

/** What the end of a create means for its step. */
async function conclude(end: CreateEnd, work: StepWork, context: StepContext): Promise<StepEnd> {
  const { stepId } = context.step;
  switch (end.kind) {
    case "accepted":
      return await follow(work, end.job, context);
    case "in-doubt":
      return {
        body: { type: "create-in-doubt", stepId, attempt: end.attempt, failure: toFailure(end.failure) },
      };
    case "not-made":
      return failed(stepId, toFailure(end.failure));
    case "not-allowed":
      return failed(stepId, end.failure);
    case "not-admitted":
    case "look-again":
      throw new Error(`Whoever asked for it does not know what ${end.kind} means.`);
    default:
      return assertNever(end);
  }
}

async function follow(work: StepWork, job: JobRef, context: StepContext, atOnce = false): Promise<StepEnd> {
  const { deps, recorder, signal, signals, step, traffic } = context;
  const { stepId } = step;
  const { times } = traffic;
  const jobClass = classOf(work, job);
  const now = deps.clock.now();
  const startedAt = atOnce ? (recorder.latest.step(stepId).startedAt ?? now) : now;
  let status: string | undefined;
  const eta = () => {
    const now = deps.clock.now();
    const left = times.forecast(jobClass)?.eta(Math.max(0, now - startedAt));
    return left && { eta: { endsAt: now + left.leftMs, lateAt: now + left.lateInMs } };
  };
  if (times.forecast(jobClass)) signals.send(stepId, { ...eta() });
  const end = await traffic.poller.watch(job, {
    signal,
    atOnce,
    startedAt,
    nextLook: (elapsedMs) => times.forecast(jobClass)?.nextLook(elapsedMs),
    deadlineAt: deps.clock.now() + deps.limits.deadlinesMs[deadlineKind(work)],
    onView: (view) => {
      if (view.status !== status && !view.ended)
        recorder.record({ type: "job-status", stepId, status: view.status });
      status = view.status;
      signals.send(stepId, { lastPollAt: deps.clock.now(), ...eta() });
    },
    onTrouble: (failure) =>
      signals.send(stepId, {
        lastPollAt: deps.clock.now(),
        waitingFor: "the server",
        detail: failure.message,
      }),
  });
  switch (end.kind) {
    case "stopped":
      throw new Stopped();
    case "deadline":
      return { body: { type: "step-overdue", stepId, job } };
    case "ended":
      // A job that was left alone for a while says little about how long it took, and one that failed nothing.
      if (end.view.ended === "succeeded" && !atOnce) times.ended(jobClass, end.took);
      return end.view.ended === "succeeded"
        ? collect(work, end.view, context)
        : failed(stepId, jobFailure(end.view));
    default:
      return assertNever(end);
  }
}

function deadlineKind(work: StepWork): keyof EngineLimits["deadlinesMs"] {
  if (work.kind === "generate") return work.outputKind;
  return work.kind === "publish" ? "publish" : "edit";
}

function collect(work: StepWork, view: JobView, context: StepContext): StepEnd {
  const { step } = context;
  const { stepId } = step;
  if (work.kind === "publish")
    return succeeded(stepId, [], view.permalink === undefined ? {} : { permalink: view.permalink });
  if (work.kind !== "generate" && work.kind !== "edit") throw new Error(`No job makes ${work.kind} work.`);

  if (work.kind === "generate" && work.outputKind === "text") {
    const text = firstText(view.outputs);
    if (text === undefined) return failed(stepId, noOutput("text"));
    return made(context, [{ portId: work.outputPort, value: { type: "text", text } }]);
  }
  const wanted = work.kind === "generate" ? (work.outputKind as MediaKind) : plannedKind(work, step);
  const remotes = mediaOf(view.outputs, wanted);
  if (remotes.length === 0) return failed(stepId, noOutput(wanted));
  return {
    ...made(
      context,
      remotes.map((remote) => ({ portId: work.outputPort, value: mediaValue(remote, wanted) })),
    ),
    toFetch: remotes.map((remote, index) => ({
      ...{ index, remote, mediaId: remote.mediaId, value: mediaValue(remote, wanted) },
      job: view.job,
    })),
  };
}

/** A result of its own, and the take it is kept as. */
function made({ deps, recorder, reuse, step }: StepContext, outputs: readonly StepOutput[]): StepEnd {
  const making = reuse.makingOf(step.stepId) ?? recorder.latest.step(step.stepId).making;
  const end = succeeded(step.stepId, outputs);
  if (!making || end.body.type !== "step-succeeded") return end;
  const takeId = takeIdOf(making.takeKey, making.takeNumber, (text) => deps.sha256(text));
  return { ...end, body: { ...end.body, takeId } };
}

/** What an edit gives: as planned, else as the first thing it took. */
function plannedKind(work: WorkOf<"edit">, step: StepContext["step"]): MediaKind {
  const planned = step.outputs.find((output) => output.id === work.outputPort)?.type;
  if (planned === "image" || planned === "video" || planned === "audio") return planned;
  return work.inputs[0]?.media.kind ?? "video";
}

/** Outputs of the wanted kind; where the server names no kind that fits, all media it gave. */
function mediaOf(outputs: readonly JobOutput[], wanted: MediaKind): readonly RemoteMedia[] {
  const all = outputs.flatMap((output) => (output.type === "media" ? [output.media] : []));
  const fitting = all.filter((media) => (kindOf(media.mimeType) ?? wanted) === wanted);
  return fitting.length > 0 ? fitting : all;
}

function mediaValue(remote: RemoteMedia, wanted: MediaKind): MediaValue {
  const { mediaId, mimeType, width, height, durationMs } = remote;
  return {
    type: "media",
    kind: kindOf(mimeType) ?? wanted,
    mediaId,
    madeByJob: true,
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

function kindOf(mimeType: string | undefined): MediaKind | undefined {
  const family = mimeType?.split("/")[0];
  return family === "image" || family === "video" || family === "audio" ? family : undefined;
}

/** Where exactly generated text sits is not documented (reference, section 16), so the first string found is it. */
function firstText(outputs: readonly JobOutput[]): string | undefined {
  const search: unknown[] = outputs
    .flatMap((output) => (output.type === "value" ? [output.value] : []))
    .reverse();
  while (search.length > 0) {
    const value = search.pop();
    if (typeof value === "string") return value;
    if (typeof value === "object" && value !== null) search.push(...Object.values(value).reverse());
  }
  return undefined;
}

async function mediaIdsOf(
  media: readonly MediaValue[],
  context: StepContext,
  uploadAgain: boolean,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const each of media) {
    if (each.mediaId !== undefined && !uploadAgain) ids.push(each.mediaId);
    else ids.push((await sendBytes(await bytesOf(each, context), context, uploadAgain)).mediaId);
  }
  return ids;
}

async function sendBytes(
  media: StoredMedia,
  context: StepContext,
  again = false,
): Promise<{ readonly mediaId: string; readonly remembered: boolean }> {
  enter("uploading", context);
  try {
    return await context.uploads.send(media, { stepId: context.step.stepId, signal: context.signal, again });
  } catch (error) {
    if (error instanceof Stopped) throw error;
    throw new StepFailed(
      localFailure(error, {
        code: "upload_failed",
        remedy: "Look whether the file is still there, then retry.",
      }),
    );
  }
}

/** What was deleted behind our back is fetched again where the server still has it; else the failure says from where it can come. */
async function bytesOf(media: MediaValue, context: StepContext): Promise<StoredMedia> {
  const { sha256 } = media;
  if (sha256 !== undefined && (await context.deps.media.pathOf(sha256)) !== undefined)
    return { ...media, sha256 };
  const maker = sha256 === undefined ? undefined : makerOf(media, context);
  if (sha256 !== undefined) {
    const { mediaId } = media;
    const job = maker?.step.job ?? maker?.step.madeBy;
    if (!maker || !job || mediaId === undefined) throw new StepFailed(bytesGone(maker?.step));
    const { stepId } = maker.step;
    context.results.lost({ stepId, index: maker.index, job, mediaId, value: media });
  }
  enter("fetching", context);
  const { sha256: _gone, ...wanted } = media;
  const fetched = await context.results.bytesOf(wanted, context.signal);
  if (fetched.ok) return fetched.media;
  throw new StepFailed(
    maker ? { ...bytesGone(maker.step), cause: fetched.failure.message } : fetched.failure,
  );
}

/** The step before this one that gave it. */
function makerOf(
  media: MediaValue,
  context: StepContext,
): { readonly step: StepState; readonly index: number } | undefined {
  for (const { fromStep } of context.step.inputs) {
    const step = context.recorder.latest.step(fromStep);
    const index = step.outputs.findIndex(
      ({ value }) => value.type === "media" && value.sha256 === media.sha256,
    );
    if (index >= 0) return { step, index };
  }
  return undefined;
}

function enter(phase: StepPhase, { recorder, step }: StepContext): void {
  const { status } = recorder.latest.step(step.stepId);
  if (status.kind === "running" && status.phase === phase) return;
  recorder.record({ type: "step-phase", stepId: step.stepId, phase });
}

function succeeded(
  stepId: StepContext["step"]["stepId"],
  outputs: readonly StepOutput[],
  more: { readonly cached?: boolean; readonly permalink?: string } = {},
): StepEnd {
  const { cached = false, permalink } = more;
  return {
    body: {
      type: "step-succeeded",
      stepId,
      outputs,
      cached,
      ...(permalink === undefined ? {} : { permalink }),
    },
  };
}

function failed(stepId: StepContext["step"]["stepId"], failure: Failure): StepEnd {
  return { body: { type: "step-failed", stepId, failure } };
}

function assertNever(value: never): never {
  throw new Error(`Unknown kind: ${JSON.stringify(value)}`);
}
