import { createContext, useContext } from "react";
import type { DoubtDecision, DoubtRef } from "../../src/engine/record.ts";
import type { UploadFile } from "../../src/graph/document/files.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import type {
  ApprovalAnswer,
  DoubtAnswer,
  LedgerPost,
  Refusal,
  RunSelection,
  RunSummary,
} from "../../src/studio/contract.ts";

/** How a run may spend. */
export type RunLimits = {
  readonly fresh?: boolean;
  readonly budgetMicrodollars?: number;
  readonly assumedPriceMicrodollars?: number;
};

export type Imported =
  | { readonly ok: true; readonly file: UploadFile }
  | { readonly ok: false; readonly problem: Refusal };

/** One attempt to publish, in this run or another. */
export type PostRef = Pick<LedgerPost, "runId" | "stepId" | "attempt">;

/** To make several again takes the sum that the person was told, by estimates. */
export type DoubtsWord =
  | { readonly decision: "skip" }
  | { readonly decision: "resend"; readonly sumMicrodollars: number };

/**
 * What a card, a menu or a key may ask for. A command answers only "accepted" or says why not in a dialog of its own;
 * what follows is known from events alone.
 */
export type Commands = {
  /** Checks first; asks for consent where the server is not the sandbox. Waits its turn where the queue has no room. */
  run(selection: RunSelection, limits?: RunLimits): void;
  /** Makes so many more takes of a node, from what it has got before; nothing after it runs. */
  makeTakes(nodeId: string, count: number): void;
  /** Shows what a run would do, cost and take; nothing is sent. */
  dryRun(selection: RunSelection): void;
  /** Every step of the run on show that failed or was cancelled, with what it has. */
  retryFailed(): void;
  cancel(): void;
  retry(stepId: StepId): void;
  /** Only looks at the job again; sends nothing. */
  checkAgain(stepId: StepId): void;
  /** Looks at the jobs of cancelled steps, of a run that need not be on show; makes nothing. */
  collect(run: Pick<RunSummary, "runId" | "status">, stepIds: readonly StepId[]): void;
  fetchPreviewAgain(stepId: StepId): void;
  /** Shows the exact post with Approve, Change and Skip. */
  openApproval(stepId: StepId): void;
  /** `digest` is of the post the person saw; any other post is refused. */
  approve(stepId: StepId, digest: string): Promise<void>;
  /** Each by the digest of the post the person saw. Gives what became of each; undefined when nothing was done. */
  approveMany(
    posts: readonly { readonly stepId: StepId; readonly digest: string }[],
  ): Promise<readonly ApprovalAnswer[] | undefined>;
  decline(...stepIds: readonly StepId[]): void;
  /** Runs to these posts again with the graph as it is now; the old ones are given up once that is under way. */
  renewPosts(...stepIds: readonly StepId[]): void;
  /** Shows what is known of a create in doubt, and both choices. */
  openDoubt(stepId: StepId): void;
  /** Of the create that was seen; one that the step has sent since is not touched. */
  settleDoubt(seen: DoubtRef, decision: DoubtDecision): void;
  /** Shows what is in doubt in the run on show: all of it in one list, or the only one. */
  openDoubts(): void;
  /** The same word about several. Gives what became of each; undefined when nothing was done. */
  settleDoubts(seen: readonly DoubtRef[], word: DoubtsWord): Promise<readonly DoubtAnswer[] | undefined>;
  /** What a person found out about a post of which nobody could say whether it went out. */
  settlePost(post: PostRef, as: "sent" | "not-sent"): void;
  /** Takes the bytes into the library. `onProgress` hears a fraction from 0 to 1; `signal` gives it up. */
  importFile(file: File, onProgress?: (fraction: number) => void, signal?: AbortSignal): Promise<Imported>;
};

export const CommandsContext = createContext<Commands | undefined>(undefined);

export function useCommands(): Commands {
  const commands = useContext(CommandsContext);
  if (!commands) throw new Error("useCommands is called outside of CommandsContext.");
  return commands;
}
