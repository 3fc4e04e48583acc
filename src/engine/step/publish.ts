/** A post: shown, approved, sent once. `posts.ts` knows what an approval covers, `create.ts` sends. */

import { platforms } from "../../nodes/publish/platforms/platforms.ts";
import { scheduleOf, utcWords } from "../../nodes/publish/schedule.ts";
import { message } from "../../words/message.ts";
import type { Approver, PostPreview } from "../record/events.ts";
import type { StepEnd } from "../record/step-end.ts";
import { create } from "./create.ts";
import { askFor, ledgerRow, lockPost, lookAgain, type PostWork, postPreview, selfApproval } from "./posts.ts";
import { endOfCreate } from "./reuse-or-create.ts";
import type { StepContext } from "./step-context.ts";
import { failed } from "./step-ends.ts";
import { identified, mediaIdsOf } from "./step-media.ts";

export async function publish(
  work: PostWork,
  context: StepContext,
  approved?: PostPreview,
): Promise<StepEnd> {
  const { deps, recorder } = context.run;
  const { stepId } = context.step;
  if (deps.publishPolicy === "skip")
    return { body: { type: "step-skipped", stepId, reason: { kind: "publish-not-allowed" } } };

  // It may have waited for an approval, or in a run that was cut off, until its time was past.
  const schedule = scheduleOf(work.params);
  if (schedule.kind === "at" && schedule.at <= deps.clock.now())
    return failed(stepId, {
      code: "schedule_past",
      message: message("failures.timeIsPast", { at: utcWords(schedule.at) }),
      remedy: message("failures.setAnotherTime"),
      cost: "none",
      retryable: false,
    });

  // An approval is bound to the media as it was shown, even if its bytes can be had by now.
  const media = approved?.media ?? (await identified(work.media, context));
  const post = await postPreview(work, media, deps);
  let by: Approver = "person";
  if (approved) {
    // What was approved is exactly what is sent, or it is asked for again.
    if (approved.digest !== post.digest || post.blockedBy) return askFor(post, stepId);
  } else {
    const self = await selfApproval(post, context);
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
        api: platforms[work.platform].api,
        body: {
          mediaId,
          accountId: work.accountId,
          ...(work.caption === undefined ? {} : { caption: work.caption }),
          params: work.params,
        },
      };
    },
    post: {
      lock: () => lockPost(post, context),
      async mayGo() {
        latest = await lookAgain(post, deps);
        return !latest.blockedBy && (by === "sandbox" || latest.digest === post.digest);
      },
      lastSentAt: () => latest.lastSentAt,
      row: (attempt) => ledgerRow(post, by, context, attempt),
    },
  });
  return end.kind === "not-admitted" ? askFor(latest, stepId) : await endOfCreate(end, work, context);
}
