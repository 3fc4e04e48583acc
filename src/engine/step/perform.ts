import { assertNever } from "../../base/assert-never.ts";
/** What each kind of step work means. Executors say what; this says how. */
import type { StepValue, StepWork, WorkOf } from "../../nodes/definition/work.ts";
import { message } from "../../words/message.ts";
import type { StoredMedia } from "../ports/deps.ts";
import type { PostPreview } from "../record/events.ts";
import { isNeverHere, localFailure, StepFailed } from "../record/failures.ts";
import type { StepEnd } from "../record/step-end.ts";
import { Stopped, unlessStopped } from "../time/waiting.ts";
import { edit } from "./edit.ts";
import { publish } from "./publish.ts";
import { reuseOrCreate } from "./reuse-or-create.ts";
import type { StepContext } from "./step-context.ts";
import { enter, failed, succeeded } from "./step-ends.ts";
import { bytesOf, mediaIdsOf, sendBytes } from "./step-media.ts";

/** Work that needs no service: done on the spot, so that long chains of it cost no turn of the event loop. */
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

async function upload(work: WorkOf<"upload">, context: StepContext): Promise<StepEnd> {
  const { path: _place, name: _name, ...facts } = work.file;
  const media: StoredMedia = { type: "media", ...facts };
  const { mediaId, remembered } = await sendBytes(media, context);
  return succeeded(context.step.stepId, [{ portId: work.outputPort, value: { ...media, mediaId } }], {
    cached: remembered,
  });
}

async function generate(work: WorkOf<"generate">, context: StepContext): Promise<StepEnd> {
  return await reuseOrCreate(work, context, {
    request: async (uploadAgain) => {
      const attachmentMediaIds = await mediaIdsOf(work.attachments, context, uploadAgain);
      return {
        kind: "inference",
        path: work.path,
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

async function save(work: WorkOf<"save">, context: StepContext): Promise<StepEnd> {
  const items: StepValue[] = [];
  let lost: StepFailed | undefined;
  for (const item of work.items)
    try {
      items.push(item.type === "media" ? await bytesOf(item, context) : item);
    } catch (error) {
      // What can never be had takes nothing from what stands beside it; the step that made it names it.
      if (!(error instanceof StepFailed) || !isNeverHere(error.failure)) throw error;
      lost = error;
    }
  if (lost && items.length === 0) throw lost;
  enter("saving", context);
  try {
    await unlessStopped(context.run.deps.saver.save(items, work.name), context.signal);
  } catch (error) {
    if (error instanceof Stopped) throw error;
    throw new StepFailed(localFailure(error, { code: "save_failed", remedy: message("failures.makeRoom") }));
  }
  return succeeded(context.step.stepId, []);
}
