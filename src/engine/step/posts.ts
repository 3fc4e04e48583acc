/** What a person says yes to before a publish, how the ledger knows it again, and what stands in its way. */

import { canonicalJson } from "../../base/canonical-json.ts";
import type { MediaValue, WorkOf } from "../../nodes/definition/work.ts";
import { isPlatform, productOf, unknownPlatform } from "../../nodes/publish/platforms/platforms.ts";
import type { JobRef } from "../../wondercat/types.ts";
import { message } from "../../words/message.ts";
import type { EngineDeps, LedgerEntry, PostHistory, PostKey, SentPost } from "../ports/deps.ts";
import type { Approver, PostPreview } from "../record/events.ts";
import { INTERNAL_ERROR, localFailure, StepFailed } from "../record/failures.ts";
import type { StepEnd } from "../record/step-end.ts";
import { Stopped } from "../time/waiting.ts";
import type { StepContext } from "./step-context.ts";

export type PostWork = WorkOf<"publish">;

type Post = Omit<PostPreview, "digest" | "lastSentAt" | "blockedBy">;
type PostDeps = Pick<EngineDeps, "server" | "ledger" | "sha256">;

/**
 * @param media with its `sha256` wherever the bytes can be had.
 * @throws StepFailed when the ledger cannot be read.
 */
export async function postPreview(work: PostWork, media: MediaValue, deps: PostDeps): Promise<PostPreview> {
  const { platform, accountId, params, caption = "" } = work;
  const accountName = deps.server.accountName(platform, accountId);
  return await seal(
    {
      ...{ platform, accountId, media, caption, params },
      ...(accountName === undefined ? {} : { accountName }),
    },
    deps,
  );
}

/** The same post with what the ledger says of it by now. @throws StepFailed */
export async function lookAgain(post: PostPreview, deps: PostDeps): Promise<PostPreview> {
  const { digest: _digest, lastSentAt: _last, blockedBy: _blocked, ...same } = post;
  return await seal(same, deps);
}

/** Bound to what is sent and to what was said about it: a person who did not know of an earlier post did not say yes to this. */
async function seal(post: Post, deps: PostDeps): Promise<PostPreview> {
  const { platform, accountId, caption, params } = post;
  const { lastSentAt, unsettled } = await historyOf(post, deps);
  const before = {
    ...(lastSentAt === undefined ? {} : { lastSentAt }),
    ...(unsettled ? { blockedBy: unsettled } : {}),
  };
  const { scope } = deps.server;
  const media = mediaIdentity(post.media);
  const digest = deps.sha256(
    canonicalJson({ scope, platform, accountId, media, caption, params, ...before }),
  );
  return { ...post, ...before, digest };
}

async function historyOf(post: Post, { ledger, server }: PostDeps): Promise<PostHistory> {
  const key = postKeyOf(post, server);
  try {
    return await ledger.history(key);
  } catch (error) {
    throw new StepFailed(
      localFailure(error, {
        code: "ledger_unreadable",
        remedy: message("failures.ledgerUnreadable"),
      }),
    );
  }
}

/** @throws Stopped when the run stops first, StepFailed when the ledger cannot be written. */
export async function lockPost(post: Post, { run: { deps }, signal }: StepContext): Promise<() => void> {
  const key = postKeyOf(post, deps.server);
  try {
    return await deps.ledger.lock(key, signal);
  } catch (error) {
    if (signal.aborted) throw new Stopped();
    throw new StepFailed(
      localFailure(error, {
        code: "ledger_unreadable",
        remedy: message("failures.mendThenRetry"),
      }),
    );
  }
}

/** Who approves in a person's stead; undefined when a person is asked. On any doubt one is. */
export async function selfApproval(
  post: PostPreview,
  context: StepContext,
): Promise<Exclude<Approver, "person"> | undefined> {
  const { step } = context;
  const { deps, setup, recorder } = context.run;
  // This very step has posted before. Only a person sends it once more, whatever the policy.
  if (recorder.latest.step(step.stepId).sentAt !== undefined || post.blockedBy) return undefined;
  if (post.lastSentAt !== undefined) return undefined;
  if (deps.publishPolicy === "sandbox") return "sandbox";
  if (deps.publishPolicy === "flag") return "flag";
  // Media known by the server's id alone may have gone out before under its bytes.
  if (deps.publishPolicy !== "ask" || post.media.sha256 === undefined) return undefined;
  const { accountId } = post;
  const { graphId } = setup.plan;
  const isUnasked = await deps.mayPostUnasked?.({ graphId, nodeId: step.nodeId, accountId });
  return isUnasked ? "setting" : undefined;
}

export function askFor(post: PostPreview, stepId: StepContext["step"]["stepId"]): StepEnd {
  return { body: { type: "approval-requested", stepId, post } };
}

export function ledgerRow(
  post: PostPreview,
  approvedBy: Approver,
  context: StepContext,
  attempt: number,
): SentPost {
  const { step } = context;
  const { deps, setup } = context.run;
  const { runId, plan } = setup;
  const { server } = deps;
  return {
    ...{ runId, stepId: step.stepId, attempt },
    ...postKeyOf(post, server),
    platform: post.platform,
    caption: post.caption,
    paramsJson: canonicalJson(post.params),
    digest: post.digest,
    graphId: plan.graphId,
    graphName: plan.graphName,
    nodeId: step.nodeId,
    serverLabel: server.label,
    ...(post.accountName === undefined ? {} : { accountName: post.accountName }),
    mediaKind: post.media.kind,
    approvedBy,
  };
}

/** What the ledger is told when a publish step comes to rest; undefined when nothing was sent. */
export function postState(body: StepEnd["body"], job: JobRef | undefined): LedgerEntry["state"] | undefined {
  if (body.type === "create-in-doubt") return "in-doubt";
  if (job?.kind !== "publish") return undefined;
  // Taken by the server, which posts it when its time comes: it stays "sent", with that time in its params.
  if (body.type === "step-succeeded") return body.scheduledFor === undefined ? "succeeded" : "sent";
  // Our own mistake says nothing about the post, so it must not look as if nothing had gone out.
  if (body.type === "step-failed") return body.failure.code === INTERNAL_ERROR ? "unknown" : "failed";
  return body.type === "step-overdue" ? "unknown" : undefined;
}

/** Whether they may be the same post, whatever their captions. */
export function mayBeSamePost(post: Post, server: EngineDeps["server"], key: PostKey): boolean {
  // A journal of another version may hold a post to a platform that this one cannot send to.
  if (!isPlatform(post.platform)) return false;
  const own = postKeyOf(post, server);
  if (own.scope !== key.scope || own.accountId !== key.accountId || own.product !== key.product) return false;
  const names = [own.mediaSha256, key.mediaSha256];
  // What is known by the server's id alone may be anything.
  return names[0] === names[1] || names.some((name) => name.startsWith("id:"));
}

/** As the ledger knows it. @throws StepFailed for a platform that is not known: it would pass for another post. */
export function postKeyOf(
  post: Pick<Post, "platform" | "accountId" | "media" | "params">,
  { scope }: Pick<EngineDeps["server"], "scope">,
): PostKey {
  const { platform, accountId, media, params } = post;
  if (!isPlatform(platform)) {
    const { message: said, remedy } = unknownPlatform(platform);
    throw new StepFailed({
      code: "platform_unknown",
      message: said,
      remedy: message("failures.nothingSent", { remedy }),
      cost: "none",
      retryable: false,
    });
  }
  return {
    scope,
    accountId,
    product: productOf(platform, media.kind, params),
    mediaSha256: mediaIdentity(media),
  };
}

/** Media whose bytes could not be fetched are known by the server's id; `id:` keeps that apart from any hash. */
function mediaIdentity({ sha256, mediaId = "" }: MediaValue): string {
  return sha256 ?? `id:${mediaId}`;
}
