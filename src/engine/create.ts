/**
 * Sending a create. The one place that does, so the rules that guard money stand here and nowhere else.
 *
 * @see docs/architecture.md, "A create ends in exactly one of four ways".
 */
import type { CreateOutcome, CreateRequest, JobRef, RemoteFailure } from "../wondercat/types.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { LedgerEntry } from "./deps.ts";
import type { Timestamp } from "./events.ts";
import { failureIn, toFailure } from "./failures.ts";
import { takeSlot } from "./limits.ts";
import { JournalFailure } from "./recorder.ts";
import type { StepContext } from "./step-context.ts";
import { backOffMs, Stopped, sleep, unlessStopped } from "./waiting.ts";

/** Sends of one create that the server puts off with 429 or "still being prepared". */
const MAX_PUT_OFF = 8;
/** Sends of one create of which no byte left the machine. */
const MAX_NOT_SENT = 3;
/** A server that asks for a longer pause than this is not waited for: 30 minutes. */
const LONGEST_WAIT_MS = 30 * 60_000;

export type CreateOrder = {
  /** Builds the request, uploading media that the server lacks; with `uploadAgain` all of it, once more. */
  request(uploadAgain: boolean): Promise<CreateRequest>;
  /**
   * The last word before each intent is written. Undefined: do not send. Else a function to call when the intent is
   * in the journal.
   */
  admit?(): Promise<(() => void) | undefined>;
  /** The ledger's row of this attempt, for publishes. */
  ledger?(attempt: number): Omit<LedgerEntry, "state" | "at">;
};

export type CreateEnd =
  | { readonly kind: "accepted"; readonly job: JobRef }
  | { readonly kind: "not-made"; readonly outcome: "refused" | "notSent"; readonly failure: RemoteFailure }
  | { readonly kind: "in-doubt"; readonly attempt: number; readonly failure: RemoteFailure }
  | { readonly kind: "not-admitted" };

/**
 * Sends until the create is accepted, ends for good, or is in doubt. Each send has an intent of its own, journaled
 * before it. What is in doubt is never sent again from here.
 *
 * @throws Stopped when the run stops before anything is under way.
 * @throws JournalFailure when the journal fails; an id that was accepted by then is kept in the context.
 */
export async function create(context: StepContext, order: CreateOrder): Promise<CreateEnd> {
  const { step, deps, traffic, recorder, signal } = context;
  const { stepId } = step;
  const puttOff = { refused: 0, notSent: 0 };
  let uploadedAgain = false;
  let attempt = recorder.latest.step(stepId).attempt;

  let request = await order.request(false);
  const estimate = await estimateOf(context, request);

  for (let sends = 0; ; sends++) {
    const turn = await takeTurn(context, order, sends > 0);
    if (!turn) return { kind: "not-admitted" };
    const { release, admitted } = turn;
    let outcome: CreateOutcome;
    try {
      if (sends > 0) attempt++;
      try {
        await recorder.commit(
          {
            type: "create-intended",
            stepId,
            attempt,
            jobKind: request.kind,
            requestDigest: deps.sha256(canonicalJson(request)),
            ...(estimate === undefined ? {} : { estimateMicrodollars: estimate }),
          },
          row("intended"),
        );
      } finally {
        admitted();
      }
      outcome = signal.aborted ? stoppedBeforeSend : await send(context, order, attempt, request);
    } finally {
      release();
    }

    if (outcome.outcome === "accepted") {
      await keepId(context, attempt, outcome.job, row("sent", outcome.job));
      return { kind: "accepted", job: outcome.job };
    }
    const { failure } = outcome;
    if (outcome.outcome === "inDoubt") return { kind: "in-doubt", attempt, failure };

    const { refused, notSent } = puttOff;
    puttOff[outcome.outcome]++;
    const gone: boolean = failure.mediaGone === true && !uploadedAgain;
    const againAt = signal.aborted
      ? undefined
      : gone
        ? deps.clock.now()
        : againAtOf(failure, outcome.outcome === "refused" ? refused : notSent);
    const body = {
      type: "create-ended",
      stepId,
      attempt,
      outcome: outcome.outcome === "refused" ? "refused" : "not-sent",
      failure: toFailure(failure),
      ...(againAt === undefined ? {} : { againAt }),
    } as const;
    if (order.ledger) await recorder.commit(body, row(body.outcome));
    else recorder.record(body);

    if (signal.aborted) throw new Stopped();
    if (againAt === undefined) return { kind: "not-made", outcome: outcome.outcome, failure };
    if (gone) {
      uploadedAgain = true;
      request = await order.request(true);
      continue;
    }
    // A limit holds for everybody; those it sent back stand first in the queue when the pause is over.
    if (failure.status === 429) traffic.creates.pauseUntil(againAt);
    else await sleep(deps.clock, againAt - deps.clock.now(), signal);

    function againAtOf({ retryable, retryAtMs }: RemoteFailure, before: number): Timestamp | undefined {
      const most = outcome.outcome === "refused" ? MAX_PUT_OFF : MAX_NOT_SENT;
      if (!retryable || before + 1 >= most) return undefined;
      const now = deps.clock.now();
      const pause = backOffMs(before, 1000, 30_000, () => deps.random());
      // A little after the server's own time, so that those who were put off together do not come back together.
      const at = retryAtMs === undefined ? now + pause : Math.max(now, retryAtMs) + Math.min(250, pause / 4);
      return at - now > LONGEST_WAIT_MS ? undefined : at;
    }
  }

  function row(state: LedgerEntry["state"], job?: JobRef): LedgerEntry | undefined {
    if (!order.ledger) return undefined;
    const before = context.posts.get(stepId);
    const at = before && before.attempt === attempt ? before.at : deps.clock.now();
    const entry = { ...order.ledger(attempt), state, at, ...(job ? { jobId: job.id } : {}) };
    context.posts.set(stepId, entry);
    return entry;
  }
}

/**
 * A slot on the server and the last word before the intent. While creates are held both are given back, so a paused
 * queue keeps nobody else waiting. Undefined: do not send.
 */
async function takeTurn(
  context: StepContext,
  order: CreateOrder,
  first: boolean,
): Promise<{ release(): void; admitted(): void } | undefined> {
  const { step, deps, traffic, signals, signal } = context;
  const { stepId } = step;
  for (;;) {
    const { hold } = deps;
    if (hold?.isHeld) {
      signals.send(stepId, { waitingFor: hold.waitingFor });
      await unlessStopped(hold.whenReleased(), signal);
      signals.send(stepId, {});
    }
    const release = await takeSlot(traffic.creates, {
      ...{ stepId, signal, signals, first },
      waitingFor: "a free slot on the server",
    });
    let admitted: (() => void) | undefined;
    try {
      admitted = order.admit ? await order.admit() : () => {};
    } catch (error) {
      release();
      throw error;
    }
    if (admitted && !hold?.isHeld) return { release, admitted };
    admitted?.();
    release();
    if (!admitted) return undefined;
  }
}

/** Never aborts a create in flight. When a stopped run has waited long enough, a silent one is in doubt. */
async function send(
  context: StepContext,
  order: CreateOrder,
  attempt: number,
  request: CreateRequest,
): Promise<CreateOutcome> {
  const { deps, signal, grace } = context;
  // An async frame, so that a client that throws is the same as one that rejects: nobody can say what was sent.
  const answer = (async () => await deps.server.create(request, { signal }))().catch(
    (error: unknown): CreateOutcome => ({
      outcome: "inDoubt",
      failure: { ...failureIn(error), cost: "unknown", retryable: false },
    }),
  );
  try {
    return await unlessStopped(answer, grace);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    answer
      .then((late) => {
        if (late.outcome === "accepted") context.lateId(attempt, late.job, order.ledger?.(attempt));
      })
      .catch(context.onBug);
    return { outcome: "inDoubt", failure: silence(request.kind) };
  }
}

async function keepId(
  context: StepContext,
  attempt: number,
  job: JobRef,
  ledger: LedgerEntry | undefined,
): Promise<void> {
  const { recorder, step } = context;
  try {
    await recorder.commit({ type: "job-accepted", stepId: step.stepId, attempt, job }, ledger);
  } catch (error) {
    if (error instanceof JournalFailure) context.lostJobs.push(job);
    throw error;
  }
}

/** A price that cannot be had does not stop a run: it is shown as not known. */
async function estimateOf(context: StepContext, request: CreateRequest): Promise<number | undefined> {
  if (request.kind === "publish") return undefined;
  try {
    return await unlessStopped(context.deps.server.estimate(request), context.signal);
  } catch (error) {
    if (error instanceof Stopped) throw error;
    return undefined;
  }
}

const stoppedBeforeSend: CreateOutcome = {
  outcome: "notSent",
  failure: {
    code: "cancelled",
    message: "The run stopped before this was sent.",
    remedy: "Retry it when you want it.",
    retryable: true,
    cost: "none",
  },
};

function silence(kind: CreateRequest["kind"]): RemoteFailure {
  return {
    code: "no_answer",
    message: "The run was stopped while this was being sent, and no answer came.",
    remedy:
      kind === "publish"
        ? "Nobody can say whether the post went out. Look at the account itself; publish again only if it is not there."
        : "Nobody can say whether the job was made and charged. Look at the server; send it again only if it is not there.",
    retryable: false,
    cost: "unknown",
  };
}
