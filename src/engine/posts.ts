/** What a person says yes to before a publish, and how the ledger knows it again. */
import type { MediaValue, StepWork } from "../nodes/work.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { LedgerEntry } from "./deps.ts";
import type { PostPreview, Timestamp } from "./events.ts";
import { localFailure, StepFailed } from "./failures.ts";
import type { StepContext, StepEnd } from "./step-context.ts";

export type PostWork = Extract<StepWork, { kind: "publish" }>;

type Post = Omit<PostPreview, "digest" | "lastSentAt">;

/** @param media with its `sha256` wherever the bytes can be had. */
export async function postPreview(
  work: PostWork,
  media: MediaValue,
  context: StepContext,
): Promise<PostPreview> {
  const { server, sha256 } = context.deps;
  const { platform, accountId, params, caption = "" } = work;
  const accountName = server.accountName(platform, accountId);
  const post: Post = {
    platform,
    accountId,
    ...(accountName === undefined ? {} : { accountName }),
    media,
    caption,
    params,
  };
  const digest = sha256(
    canonicalJson({ scope: server.scope, platform, accountId, media: mediaIdentity(media), caption, params }),
  );
  const sentAt = await lastSentAt(post, context);
  return { ...post, digest, ...(sentAt === undefined ? {} : { lastSentAt: sentAt }) };
}

/** When the same media last went, or may have gone, to the same account and product. Captions do not count. @throws StepFailed */
export async function lastSentAt(post: Post, context: StepContext): Promise<Timestamp | undefined> {
  const { ledger, server } = context.deps;
  try {
    return await ledger.lastSent({
      scope: server.scope,
      accountId: post.accountId,
      product: productOf(post),
      mediaSha256: mediaIdentity(post.media),
    });
  } catch (error) {
    throw new StepFailed(
      localFailure(error, {
        code: "ledger_unreadable",
        remedy:
          "Nothing was sent, because nobody can say what was sent before. Mend the data folder, then retry.",
      }),
    );
  }
}

/** Who approves in a person's stead; undefined when a person is asked. */
export function selfApproval(post: PostPreview, context: StepContext): "sandbox" | "flag" | undefined {
  const { publishPolicy } = context.deps;
  // This very step has posted before. Only a person sends it once more, whatever the policy.
  if (context.recorder.latest.step(context.step.stepId).sentAt !== undefined) return undefined;
  if (publishPolicy === "sandbox") return "sandbox";
  return publishPolicy === "flag" && post.lastSentAt === undefined ? "flag" : undefined;
}

export function askFor(post: PostPreview, stepId: StepContext["step"]["stepId"]): StepEnd {
  return { body: { type: "approval-requested", stepId, post } };
}

export function ledgerRow(
  post: PostPreview,
  context: StepContext,
  attempt: number,
): Omit<LedgerEntry, "state" | "at"> {
  return {
    runId: context.runId,
    stepId: context.step.stepId,
    attempt,
    scope: context.deps.server.scope,
    platform: post.platform,
    accountId: post.accountId,
    product: productOf(post),
    mediaSha256: mediaIdentity(post.media),
    caption: post.caption,
    paramsJson: canonicalJson(post.params),
    digest: post.digest,
  };
}

/** Media whose bytes could not be fetched are known by the server's id; `id:` keeps that apart from any hash. */
function mediaIdentity({ sha256, mediaId = "" }: MediaValue): string {
  return sha256 ?? `id:${mediaId}`;
}

/** The API's defaults: images go to the feed, videos become Reels, TikTok posts are direct (reference, section 9). */
function productOf({ platform, media, params }: Post): string {
  const named = platform === "instagram" ? params["product"] : params["postMode"];
  if (typeof named === "string") return named;
  if (platform === "tiktok") return "direct";
  return media.kind === "video" ? "REELS" : "IMAGE";
}
