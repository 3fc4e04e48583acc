/**
 * Sending a create. The one place that does, so the rules that guard money stand here and nowhere else.
 *
 * @see docs/architecture.md, "A create ends in exactly one of four ways".
 */

import { canonicalJson } from "../../base/canonical-json.ts";
import type { CreateOutcome, CreateRequest, JobRef, RemoteFailure } from "../../wondercat/types.ts";
import { message } from "../../words/message.ts";
import { JournalFailure } from "../journal/recorder.ts";
import { acquireSlot } from "../limits/limits.ts";
import type { EngineDeps, LedgerEntry, SentPost } from "../ports/deps.ts";
import type { Failure, SentTo, Timestamp } from "../record/events.ts";
import { failureIn, onBug, overBudget, priceUnknown, toFailure } from "../record/failures.ts";
import { acceptedAs, changeOf, type Making, type TakeChange } from "../record/takes.ts";
import type { Wanted } from "../takes/take-choice.ts";
import { backOffMs, LONGEST_WAIT_MS, Stopped, sleep, unlessStopped } from "../time/waiting.ts";
import type { RunContext, StepContext } from "./step-context.ts";

/** Sends of one create that the server puts off with 429 or "still being prepared". */
const MAX_PUT_OFF = 8;
/** Sends of one create of which no byte left the machine. */
const MAX_NOT_SENT = 3;

export type CreateOrder = {
  /** Builds the request, uploading media that the server lacks; with `uploadAgain` all of it, once more. */
  request(uploadAgain: boolean): Promise<CreateRequest>;
  /**
   * The take that is to be made, as it is known in the moment that its number is reserved; absent for publishes, which
   * are no results.
   */
  wanted?(): Promise<Wanted>;
  /** For publishes. */
  post?: {
    /** Locks the post from before the last look at the ledger until the answer is journaled. @throws Stopped */
    lock(): Promise<() => void>;
    /** The last word before each intent. */
    mayGo(): Promise<boolean>;
    /** When the same was last sent: this row is later than that, whatever the clock was set to since. */
    lastSentAt(): Timestamp | undefined;
    /** The ledger's row of this attempt. */
    row(attempt: number): SentPost;
  };
};

export type CreateEnd =
  | { readonly kind: "accepted"; readonly job: JobRef }
  | { readonly kind: "not-made"; readonly outcome: "refused" | "notSent"; readonly failure: RemoteFailure }
  | { readonly kind: "in-doubt"; readonly attempt: number; readonly failure: RemoteFailure }
  | { readonly kind: "not-admitted" }
  /** An equal result has come, or is on its way. */
  | { readonly kind: "look-again" }
  /** The run's budget does not allow it. */
  | { readonly kind: "not-allowed"; readonly failure: Failure };

/**
 * Sends until the create is accepted, ends for good, or is in doubt. Each send has an intent of its own, journaled
 * before it. What is in doubt is never sent again from here.
 *
 * @throws Stopped when the run stops before anything is under way.
 * @throws JournalFailure when the journal fails; an id that was accepted by then is kept in `sent`.
 */
export async function create(context: StepContext, order: CreateOrder): Promise<CreateEnd> {
  const { step, signal } = context;
  const { deps, traffic, recorder, reuse, sent } = context.run;
  const { stepId } = step;
  const puttOff = { refused: 0, notSent: 0 };
  let uploadedAgain = false;
  let attempt = recorder.latest.step(stepId).attempt;
  let isAttemptOver = false;

  let making: Making | undefined;
  let request = await order.request(false);
  const estimate = await estimateOf(context, request);

  for (let isFirst = true; ; isFirst = false) {
    const turn = await acquireTurn(context, order, !isFirst);
    let outcome: Extract<CreateOutcome, { outcome: "refused" | "notSent" }>;
    let againAt: Timestamp | undefined;
    let gone = false;
    try {
      if (order.wanted && !making) {
        making = await reuse.reserve(await order.wanted());
        if (!making) return { kind: "look-again" };
      }
      if (isAttemptOver) attempt++;
      isAttemptOver = false;
      const { answer, hasIntent, withheld } = await sendOnce(turn.release);
      if (withheld === "paused") continue;
      if (withheld) return withheld;
      if (answer.outcome === "accepted") {
        await keepId(context, attempt, answer.job, row("sent", answer.job), accepted(answer.job));
        return { kind: "accepted", job: answer.job };
      }
      if (answer.outcome === "inDoubt") return { kind: "in-doubt", attempt, failure: answer.failure };
      if (signal.aborted && !hasIntent) throw new Stopped();

      outcome = answer;
      const { refused, notSent } = puttOff;
      puttOff[outcome.outcome]++;
      gone = outcome.failure.mediaGone === true && !uploadedAgain;
      againAt = signal.aborted
        ? undefined
        : gone
          ? deps.clock.now()
          : againAtOf(outcome, outcome.outcome === "refused" ? refused : notSent, deps);
      const body = {
        type: "create-ended",
        stepId,
        attempt,
        outcome: outcome.outcome === "refused" ? "refused" : "not-sent",
        failure: toFailure(outcome.failure),
        ...(againAt === undefined ? {} : { againAt }),
      } as const;
      isAttemptOver = true;
      if (order.post && hasIntent) await recorder.commit(body, row(body.outcome));
      else recorder.record(body, making ? [changeOf("not-sent", making)] : []);
    } finally {
      turn.release();
      turn.unlock();
    }

    const { failure } = outcome;
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
  }

  /**
   * The intent is written when the connection stands, so that a server that cannot be reached leaves none, and between
   * it and the first byte there is next to no time to die in: later it could not be said that nothing was sent.
   */
  async function sendOnce(release: () => void): Promise<{
    readonly answer: CreateOutcome;
    readonly hasIntent: boolean;
    /** Why it was not to be sent after all. */
    readonly withheld?: CreateEnd | "paused";
  }> {
    let hasIntent = false;
    let withheld: CreateEnd | "paused" | undefined;
    let asked: Promise<boolean> | undefined;
    async function mayLeave(): Promise<boolean> {
      if (order.post && !(await order.post.mayGo())) withheld = { kind: "not-admitted" };
      else if (deps.pause?.isPaused) withheld = "paused";
      if (withheld || signal.aborted) return false;
      // From here to the intent nothing waits, so that two steps never spend the same money.
      const price = allowed(context.run, request, estimate);
      if ("failure" in price) {
        withheld = { kind: "not-allowed", failure: price.failure };
        return false;
      }
      hasIntent = true;
      await recorder.commit(
        {
          type: "create-intended",
          stepId,
          attempt,
          jobKind: request.kind,
          requestDigest: deps.sha256(canonicalJson(request)),
          ...price,
          ...making,
          ...(order.post ? { postTo: targetOf(order.post.row(attempt)) } : {}),
        },
        row("intended"),
        making ? [changeOf("sent", making)] : [],
      );
      return !signal.aborted;
    }
    try {
      const answer = await send(context, order, attempt, request, () => {
        asked = mayLeave();
        return asked;
      });
      await asked; // a journal or a ledger that failed is told as what it is, not as the server's trouble
      // Whatever else went wrong before the intent went wrong before the first byte.
      return answer.outcome === "inDoubt" && !hasIntent
        ? { answer: { outcome: "notSent", failure: { ...answer.failure, cost: "none" } }, hasIntent }
        : { answer, hasIntent, ...(withheld ? { withheld } : {}) };
    } finally {
      release();
    }
  }

  function accepted(job: JobRef): readonly TakeChange[] {
    return making ? [acceptedAs(making, job, estimate)] : [];
  }

  function row(state: LedgerEntry["state"], job?: JobRef): LedgerEntry | undefined {
    if (!order.post) return undefined;
    const before = sent.posts.get(stepId);
    const last = order.post.lastSentAt() ?? Number.NEGATIVE_INFINITY;
    const at = before && before.attempt === attempt ? before.at : Math.max(deps.clock.now(), last + 1);
    const entry = { ...order.post.row(attempt), state, at, ...(job ? { jobId: job.id } : {}) };
    sent.posts.set(stepId, entry);
    return entry;
  }
}

/** When the engine sends again by itself; undefined when it does not. @param before how often it was put off so far. */
function againAtOf(
  { outcome, failure }: { readonly outcome: "refused" | "notSent"; readonly failure: RemoteFailure },
  before: number,
  deps: Pick<EngineDeps, "clock" | "random">,
): Timestamp | undefined {
  const { retryable, retryAtMs } = failure;
  const most = outcome === "refused" ? MAX_PUT_OFF : MAX_NOT_SENT;
  if (!retryable || before + 1 >= most) return undefined;
  const now = deps.clock.now();
  const pause = backOffMs(before, 1000, 30_000, () => deps.random());
  // A little after the server's own time, so that those who were put off together do not come back together. A time
  // that is past says nothing: one of the two clocks is wrong.
  const isTold = retryAtMs !== undefined && retryAtMs > now;
  const at = isTold ? retryAtMs + Math.min(250, pause / 4) : now + pause;
  return at - now > LONGEST_WAIT_MS ? undefined : at;
}

/** What a send needs, and gives back: the slot with the answer, the post lock once the answer is journaled. */
type Turn = { release(): void; unlock(): void };

/** A slot on the server. During a pause of the queue the slot is given back, so that no other run waits for it. */
async function acquireTurn(context: StepContext, order: CreateOrder, first: boolean): Promise<Turn> {
  const { step, signal } = context;
  const { deps, traffic, signals } = context.run;
  const { stepId } = step;
  for (;;) {
    const { pause } = deps;
    if (pause?.isPaused) {
      signals.send(stepId, { waitingFor: pause.waitingFor });
      await unlessStopped(pause.whenResumed(), signal);
      signals.send(stepId, {});
    }
    // The post lock first: a step that waits for the answer of an equal post must not keep a slot.
    const unlock = (await order.post?.lock()) ?? (() => {});
    let release = () => {};
    try {
      release = await acquireSlot(traffic.creates, {
        ...{ stepId, signal, signals, first },
        waitingFor: message("failures.waitsForSlot"),
      });
    } catch (error) {
      unlock();
      throw error;
    }
    if (!pause?.isPaused) return { release, unlock };
    release();
    unlock();
  }
}

/** Never aborts a create in flight. When a stopped run has waited long enough, a silent one is in doubt. */
async function send(
  context: StepContext,
  order: CreateOrder,
  attempt: number,
  request: CreateRequest,
  mayLeave: () => Promise<boolean>,
): Promise<CreateOutcome> {
  const { signal, grace } = context;
  const { deps } = context.run;
  // An async frame, so that a client that throws is the same as one that rejects: what was sent is not known.
  const answer = (async () => await deps.server.create(request, { signal, mayLeave }))().catch(
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
        if (late.outcome === "accepted") context.onLateAnswer(attempt, late.job, order.post?.row(attempt));
      })
      .catch(onBug);
    return { outcome: "inDoubt", failure: silence(request.kind) };
  }
}

async function keepId(
  context: StepContext,
  attempt: number,
  job: JobRef,
  ledger: LedgerEntry | undefined,
  takes: readonly TakeChange[],
): Promise<void> {
  const { recorder, sent } = context.run;
  try {
    await recorder.commit({ type: "job-accepted", stepId: context.step.stepId, attempt, job }, ledger, takes);
  } catch (error) {
    if (error instanceof JournalFailure) sent.lostJobs.push(job);
    throw error;
  }
}

/** A price that cannot be had does not stop a run: it is shown as not known. */
async function estimateOf(context: StepContext, request: CreateRequest): Promise<number | undefined> {
  if (request.kind === "publish") return undefined;
  try {
    return await unlessStopped(context.run.deps.server.estimate(request), context.signal);
  } catch (error) {
    if (error instanceof Stopped) throw error;
    return undefined;
  }
}

function targetOf({ platform, accountId, accountName, caption }: SentPost): SentTo {
  return { platform, accountId, caption, ...(accountName === undefined ? {} : { accountName }) };
}

/** As the intent tells it. */
type Price = { readonly estimateMicrodollars?: number; readonly assumedMicrodollars?: number };

/** What the intent says of the price, or why the run's budget does not allow it. Posts are on no price list. */
function allowed(
  { setup: { budget }, recorder }: RunContext,
  request: CreateRequest,
  estimate: number | undefined,
): Price | { readonly failure: Failure } {
  const known = estimate === undefined ? {} : { estimateMicrodollars: estimate };
  if (!budget || request.kind === "publish") return known;
  const price = estimate ?? budget.assumedPrice;
  if (price === undefined) return { failure: priceUnknown };
  const spent = recorder.latest.spentMicrodollars;
  if (spent + price > budget.limit) return { failure: overBudget(spent, price, budget.limit) };
  return estimate === undefined ? { assumedMicrodollars: price } : known;
}

function silence(kind: CreateRequest["kind"]): RemoteFailure {
  return {
    code: "no_answer",
    message: message("failures.stoppedWhileSent"),
    remedy: kind === "publish" ? message("failures.doubtPost") : message("failures.doubtJob"),
    retryable: false,
    cost: "unknown",
  };
}
