/** Media that come in at a step: as ids of the server for a create, as bytes for what is done here. */

import type { MediaValue } from "../../nodes/definition/work.ts";
import { message } from "../../words/message.ts";
import type { StoredMedia } from "../ports/deps.ts";
import { bytesGone, localFailure, resultNotHere, StepFailed } from "../record/failures.ts";
import type { StepState } from "../record/run-state.ts";
import { Stopped } from "../time/waiting.ts";
import type { StepContext } from "./step-context.ts";
import { enter } from "./step-ends.ts";

export async function mediaIdsOf(
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

export async function sendBytes(
  media: StoredMedia,
  context: StepContext,
  again = false,
): Promise<{ readonly mediaId: string; readonly remembered: boolean }> {
  enter("uploading", context);
  try {
    return await context.run.uploads.send(media, {
      stepId: context.step.stepId,
      signal: context.signal,
      again,
    });
  } catch (error) {
    if (error instanceof Stopped) throw error;
    throw new StepFailed(
      localFailure(error, {
        code: "upload_failed",
        remedy: message("failures.lookForFile"),
      }),
    );
  }
}

/** What was deleted behind our back is fetched again where the server still has it; else the failure says from where it can come. */
export async function bytesOf(media: MediaValue, context: StepContext): Promise<StoredMedia> {
  const { sha256 } = media;
  if (sha256 !== undefined && (await context.run.deps.media.pathOf(sha256)) !== undefined)
    return { ...media, sha256 };
  const maker = sha256 === undefined ? undefined : makerOf(media, context);
  if (sha256 !== undefined) {
    const { mediaId } = media;
    const job = maker?.step.job ?? maker?.step.madeBy;
    if (!maker || !job || mediaId === undefined) throw new StepFailed(bytesGone(maker?.step));
    const { stepId } = maker.step;
    context.run.results.lost({ stepId, index: maker.index, job, mediaId, value: media });
  }
  enter("fetching", context);
  const { sha256: _gone, ...wanted } = media;
  const fetched = await context.run.results.bytesOf(wanted, context.signal);
  if (fetched.ok) return fetched.media;
  throw new StepFailed(
    maker ? { ...bytesGone(maker.step), cause: fetched.failure.message } : resultNotHere(fetched.failure),
  );
}

/** The ledger knows media by their bytes. Where these cannot be had, the server's id must do. */
export async function identified(media: MediaValue, context: StepContext): Promise<MediaValue> {
  try {
    return await bytesOf(media, context);
  } catch (error) {
    if (error instanceof StepFailed && media.mediaId !== undefined) return media;
    throw error;
  }
}

/** The step before this one that gave it. */
export function makerOf(
  media: MediaValue,
  context: StepContext,
): { readonly step: StepState; readonly index: number } | undefined {
  for (const { fromStep } of context.step.inputs) {
    const step = context.run.recorder.latest.step(fromStep);
    const index = step.outputs.findIndex(
      ({ value }) => value.type === "media" && value.sha256 === media.sha256,
    );
    if (index >= 0) return { step, index };
  }
  return undefined;
}
