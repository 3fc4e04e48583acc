import type { PostPreview, RunState } from "../../src/engine/record.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import { isPlatform, productOf } from "../../src/nodes/publish/platforms/platforms.ts";

/** Which of the posts that wait a person means, and whether they have seen them. Pure. */

export type WaitingPost = {
  readonly stepId: StepId;
  readonly nodeId: string;
  readonly title: string;
  /** The rows it is about; empty where the node posts but once. */
  readonly itemPath: readonly string[];
  readonly post: PostPreview;
  /** The graph was changed since: what the post still has of before. Until it is run again nobody can approve it. */
  readonly outdated?: string;
  /** Of this post as it is now: what changes gets another, and has to be seen again. */
  readonly key: string;
};

/**
 * In plan order.
 *
 * @param outdated by step id.
 */
export function waitingPosts(
  run: RunState | undefined,
  outdated: ReadonlyMap<string, string> = nothing,
): readonly WaitingPost[] {
  const waiting: WaitingPost[] = [];
  for (const { stepId, nodeId, title, itemPath, status } of run?.steps.values() ?? [])
    if (status.kind === "waiting-for-approval") {
      const { post } = status;
      const old = outdated.get(stepId);
      waiting.push({
        ...{ stepId, nodeId, title, itemPath, post, key: `${stepId} ${post.digest}` },
        ...(old === undefined ? {} : { outdated: old }),
      });
    }
  return waiting;
}

const nothing: ReadonlyMap<string, string> = new Map();

/** Whether no yes to it would count as it stands. */
export function isHeld({ post, outdated }: WaitingPost): boolean {
  return post.blockedBy !== undefined || outdated !== undefined;
}

/** What the ledger takes for the same post, as far as a window can tell. */
function samenessOf({ platform, accountId, media, params }: PostPreview): string {
  const product = isPlatform(platform) ? productOf(platform, media.kind, params) : undefined;
  return JSON.stringify([platform, accountId, product, media.sha256 ?? media.mediaId]);
}

/** Keys of posts that would repeat an earlier one: one that went out, or one that stands before it here. */
export function repeatsOf(posts: readonly WaitingPost[]): ReadonlySet<string> {
  const before = new Set<string>();
  const repeats = new Set<string>();
  for (const { key, post } of posts) {
    const same = samenessOf(post);
    if (post.lastSentAt !== undefined || post.blockedBy || before.has(same)) repeats.add(key);
    before.add(same);
  }
  return repeats;
}

/**
 * What is ticked. Where one would repeat an earlier post nothing is by default; what is held never is.
 *
 * @param chosen what the person ticked and unticked, by key.
 */
export function tickedOf(
  posts: readonly WaitingPost[],
  chosen: ReadonlyMap<string, boolean>,
): readonly WaitingPost[] {
  const byDefault = repeatsOf(posts).size === 0;
  return posts.filter((post) => !isHeld(post) && (chosen.get(post.key) ?? byDefault));
}

/** The first ticked post after `current` that was not seen; around the end it goes on from the start. */
export function nextUnseen(
  posts: readonly WaitingPost[],
  ticked: readonly WaitingPost[],
  seen: ReadonlySet<string>,
  current: number,
): number | undefined {
  const open = new Set(ticked.filter(({ key }) => !seen.has(key)).map(({ key }) => key));
  for (let step = 1; step <= posts.length; step++) {
    const index = (current + step) % posts.length;
    if (open.has(posts[index]?.key ?? "")) return index;
  }
  return undefined;
}
