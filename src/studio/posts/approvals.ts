import { listed } from "../../base/words.ts";
import type { RunState } from "../../engine/record.ts";
import { parseGraph } from "../../graph/document/parse.ts";
import type { Graph } from "../../graph/document/schema.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { Library } from "../../library/index.ts";
import type { Catalogue } from "../../nodes/definition/catalogue.ts";
import { describeNode } from "../../nodes/definitions.ts";
import type { ApprovalAnswer, OutdatedPost } from "../contract/runs.ts";
import type { StudioDocuments } from "../documents/documents.ts";
import { Refused } from "../ground/refused.ts";
import type { UploadFiles } from "../media/upload-files.ts";
import type { RunCommands } from "../runs/run-commands.ts";
import type { RunReads } from "../runs/run-reads.ts";
import { runMissing } from "../runs/run-refusals.ts";
import { type StepChange, stepChanges } from "./step-changes.ts";

/**
 * A person's yes to posts. A run goes on with the graph it began with, so what it would post may not be what the
 * document says by now: such a post is not approved, whichever window asks, until the change is taken back or made.
 */
export type Approvals = {
  /** Posts of the run that wait although the graph would make another one now. @throws Refused */
  outdated(request: { readonly runId: string; readonly graph: Graph }): Promise<readonly OutdatedPost[]>;
  /** @throws Refused, with `post-outdated` where the document as it is kept would make another post. */
  approve(seen: { readonly runId: string; readonly stepId: string; readonly digest: string }): Promise<void>;
  /** Each on its own. @throws Refused when this process does not hold the run. */
  approveMany(seen: {
    readonly runId: string;
    readonly posts: readonly { readonly stepId: string; readonly digest: string }[];
  }): Promise<readonly ApprovalAnswer[]>;
};

type WaitingPost = {
  readonly stepId: StepId;
  readonly nodeId: string;
  readonly media: "picture" | "video" | "sound";
};

export function createApprovals(deps: {
  readonly library: Library;
  readonly uploads: Pick<UploadFiles, "resolve">;
  readonly documents: Pick<StudioDocuments, "folderOf">;
  readonly commands: Pick<RunCommands, "command" | "approveMany">;
  readonly reads: Pick<RunReads, "state">;
  catalogue(): Catalogue;
}): Approvals {
  const { library, uploads, documents, commands, reads } = deps;

  async function outdated({ runId, graph }: { readonly runId: string; readonly graph: Graph }) {
    const state = await reads.state(runId);
    const source = await library.runs.source(runId);
    if (!source) throw runMissing();
    const waiting = state ? waitingIn(state) : [];
    const before = parseGraph(source.graphJson);
    if (!state || waiting.length === 0 || !before.ok) return [];
    // A run's files are what they were when it began, so the document's have to be what they are now.
    const now = await uploads.resolve(graph, await documents.folderOf(graph.id));
    const changes = stepChanges(
      waiting,
      before.graph,
      now.graph,
      describeNode(deps.catalogue()),
      (stepId) => state.steps.get(stepId)?.takeId,
    );
    return waiting.flatMap(({ stepId, media }): OutdatedPost[] => {
      const change = changes.get(stepId);
      return change ? [{ stepId, message: `Changed since: ${wordsOf(change, media)}` }] : [];
    });
  }

  /** As the document is kept; a graph that is not in the library any more says nothing against a post. */
  async function outdatedNow(runId: string): Promise<ReadonlyMap<string, OutdatedPost>> {
    const row = await library.runs.get(runId);
    const kept = row && (await library.documents.get(row.graphId));
    const parsed = kept && parseGraph(kept.json);
    const posts = parsed?.ok ? await outdated({ runId, graph: parsed.graph }) : [];
    return new Map(posts.map((post) => [post.stepId, post]));
  }

  return {
    outdated,
    async approve({ runId, stepId, digest }) {
      const old = (await outdatedNow(runId)).get(stepId);
      if (old) throw new Refused("post-outdated", old.message, REMEDY);
      await commands.command(runId, (run) => run.approve(stepId as StepId, digest)); // a wrong one is refused by the run
    },
    async approveMany({ runId, posts }) {
      const old = await outdatedNow(runId);
      const rest = posts.filter(({ stepId }) => !old.has(stepId));
      const answers = new Map(
        (await commands.approveMany(runId, rest)).map((answer) => [answer.stepId, answer]),
      );
      return posts.flatMap(({ stepId }): ApprovalAnswer[] => {
        const outdatedPost = old.get(stepId);
        const answer = answers.get(stepId);
        if (outdatedPost)
          return [
            { stepId, ok: false, code: "post-outdated", message: outdatedPost.message, remedy: REMEDY },
          ];
        return answer ? [answer] : [];
      });
    },
  };
}

const REMEDY = "Run it again with the change, or take the change back.";

function waitingIn({ steps }: RunState): readonly WaitingPost[] {
  return [...steps.values()].flatMap(({ stepId, nodeId, status }): WaitingPost[] =>
    status.kind === "waiting-for-approval"
      ? [{ stepId, nodeId, media: mediaWords[status.post.media.kind] }]
      : [],
  );
}

const mediaWords = { image: "picture", video: "video", audio: "sound" } as const;

function wordsOf({ params, ports, isGone }: StepChange, media: WaitingPost["media"]): string {
  if (isGone) return "the graph does not make this post any more.";
  const old = [
    ...(ports.includes("media") ? [media] : []),
    ...(params.includes("caption") || ports.includes("caption") ? ["caption"] : []),
    ...(params.includes("platform") ? ["platform"] : []),
    ...(params.includes("accountId") ? ["account"] : []),
    ...(params.includes("params") ? ["settings"] : []),
  ];
  if (old.length === 0) return "this post was made before the change.";
  return `this post still has the old ${listed(old)}.`;
}
