/** Edits: by the server, or rendered here where it does them no more. */

import { type EditOperationSpec, editOperations, isEditOperation } from "../../editing/operations.ts";
import type { WorkOf } from "../../nodes/definition/work.ts";
import type { CreateRequest } from "../../wondercat/types.ts";
import { message } from "../../words/message.ts";
import { acquireSlot } from "../limits/limits.ts";
import type { StoredMedia } from "../ports/deps.ts";
import { bytesGone, localFailure, StepFailed } from "../record/failures.ts";
import type { StepEnd } from "../record/step-end.ts";
import { remoteParams } from "../takes/take-key.ts";
import { Stopped, unlessStopped } from "../time/waiting.ts";
import { plannedKind, rendered } from "./job-results.ts";
import { reuseOrCreate, wantedOf } from "./reuse-or-create.ts";
import type { StepContext } from "./step-context.ts";
import { enter, made } from "./step-ends.ts";
import { bytesOf, makerOf, mediaIdsOf } from "./step-media.ts";

export async function edit(work: WorkOf<"edit">, context: StepContext): Promise<StepEnd> {
  const { editing } = context.run.deps;
  if (work.via === "local" || (work.via === "auto" && editing.current() === "local"))
    return await renderHere(work, context);
  const asking = work.via === "auto" && editing.current() === "unknown";
  if (asking) {
    // What was rendered here before need not be asked for.
    const found = await context.run.reuse.lookUp(wantedOf(work, "local", context), context.signal);
    if (found) return found;
  }
  return await reuseOrCreate(
    work,
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
      context.run.reuse.letGo(context.step.stepId);
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
  const { signal, step } = context;
  const { deps, reuse, signals, traffic } = context.run;
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
  const release = await acquireSlot(traffic.renders, {
    ...{ stepId: step.stepId, signal, signals },
    waitingFor: message("failures.waitsForEditor"),
  });
  try {
    enter("rendering", context);
    const sources = await Promise.all(
      stored.map(async (media, index) => {
        const path = await deps.media.pathOf(media.sha256);
        if (path === undefined) throw new StepFailed(bytesGone(makerOf(media, context)?.step));
        return { slot: work.inputs[index]?.slot ?? "", path, kind: media.kind };
      }),
    );
    const files = await unlessStopped(
      deps.editor.render(
        {
          operation: work.operation,
          params: work.params,
          inputs: sources,
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
    const madeFrom = stored.map((each) => each.sha256);
    const given: { readonly key?: string; readonly value: StoredMedia }[] = [];
    for (const { path, ...which } of files)
      given.push({ ...which, value: await deps.media.adopt(path, { madeFrom }) });
    return made(context, rendered(given, work.outputs, plannedKind(step, work)));
  } catch (error) {
    if (error instanceof Stopped || error instanceof StepFailed) throw error;
    throw new StepFailed(
      localFailure(error, { code: "render_failed", remedy: message("failures.changeEdit") }),
    );
  } finally {
    release();
  }
}
