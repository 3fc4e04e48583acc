import type { JobRef } from "../../wondercat/types.ts";
import { message } from "../../words/message.ts";
import { saidIn, Told } from "../../words/told.ts";
import type { EngineDeps, Journal, JournalExtras, LedgerEntry } from "../ports/deps.ts";
import type { RunEvent, RunEventBody } from "../record/events.ts";
import { openFold, type RunFold } from "../record/fold.ts";
import type { RunState, StepState } from "../record/run-state.ts";
import type { TakeChange } from "../record/takes.ts";

/** The journal did not take an event. Without it nothing may be created, so the run cannot go on. */
export class JournalFailure extends Told {
  override readonly name = "JournalFailure";
  readonly code = "journal_failed";
  readonly remedy = message("failures.journalRemedy");
  /** Jobs the server accepted and the journal does not know: they go on, and may cost money. */
  readonly lostJobs: readonly JobRef[];

  constructor(cause: unknown, lostJobs: readonly JobRef[] = []) {
    const jobs = lostJobs.map((job) => `${job.kind} job ${job.id}`).join(", ");
    super(
      jobs === ""
        ? message("failures.journalFailed", { cause: saidIn(cause) })
        : message("failures.journalLost", { cause: saidIn(cause), jobs }),
      { cause },
    );
    this.lostJobs = lostJobs;
  }
}

/** A broken journal is told by `whenSettled`; the one who recorded need not be told again. */
export function ignoreBrokenJournal(error: unknown): void {
  if (!(error instanceof JournalFailure)) throw error;
}

/**
 * Turns what happens into journaled events: numbers them without gaps, hands them to the journal in order and to
 * the listeners once the journal has them.
 */
export type Recorder = {
  /** The run with everything recorded, journaled or not: what the engine decides by. */
  readonly latest: RunFold;
  /** The run as everybody else knows it. */
  readonly seen: RunFold;
  record(body: RunEventBody, takes?: readonly TakeChange[]): void;
  /** @throws JournalFailure when it, or anything before it, is not in the journal for good. */
  commit(body: RunEventBody, ledger?: LedgerEntry, takes?: readonly TakeChange[]): Promise<void>;
  /** Resolves when everything recorded so far is journaled and told. @throws JournalFailure */
  flushed(): Promise<void>;
  /** Why nothing can be recorded any more, if so. */
  readonly broken: JournalFailure | undefined;
};

type Entry = {
  readonly event: RunEvent;
  /** Its step after it. */
  readonly step?: StepState | undefined;
  readonly now: boolean;
  readonly ledger?: LedgerEntry | undefined;
  readonly takes?: readonly TakeChange[] | undefined;
};

/** @param from the first event of a new run, or what the journal has of an earlier one. */
export function createRecorder(
  runId: string,
  from: Extract<RunEventBody, { type: "run-started" }> | RunState,
  deps: Pick<EngineDeps, "clock" | "onEvents"> & { readonly journal: Journal; onBroken(): void },
): Recorder {
  const { clock, journal } = deps;
  const origin = "type" in from ? { ...from, runId, seq: 1, at: clock.now() } : from;
  const latest = openFold(origin);
  const seen = openFold(origin);
  let { seq } = origin;
  let waiting: Entry[] = [];
  let broken: JournalFailure | undefined;
  /** Settles when everything handed to the journal is told or refused. */
  let told: Promise<void> = Promise.resolve();
  let handing: Promise<void> | undefined;

  function push(entry: Entry): Promise<void> {
    waiting.push(entry);
    // What is recorded in one go is written in one go.
    if (!handing) {
      handing = Promise.resolve().then(handOver);
      handing.catch(() => {}); // the caller of `commit` hears of it; `broken` tells the rest
    }
    return handing;
  }

  /** Appends follow each other without waiting: the journal commits them in the order of the calls. */
  function handOver(): Promise<void> {
    handing = undefined;
    const entries = waiting;
    waiting = [];
    for (let from = 0; from < entries.length; ) {
      // One append carries at most one row of the ledger.
      let to = from + 1;
      let ledger = entries[from]?.ledger;
      while (to < entries.length && !(ledger && entries[to]?.ledger)) {
        ledger ??= entries[to]?.ledger;
        to++;
      }
      append(entries.slice(from, to), ledger);
      from = to;
    }
    return told;
  }

  function append(entries: readonly Entry[], ledger: LedgerEntry | undefined): void {
    const before = told;
    const events = entries.map((entry) => entry.event);
    const durability = entries.some((entry) => entry.now) ? "now" : "soon";
    let takes: TakeChange[] | undefined;
    for (const entry of entries)
      if (entry.takes && entry.takes.length > 0) {
        takes ??= [];
        takes.push(...entry.takes);
      }
    const extras: JournalExtras = { ...(ledger ? { ledger } : {}), ...(takes ? { takes } : {}) };
    const appended = broken
      ? Promise.reject(broken)
      : // An async frame, so that a journal that throws is the same as one that rejects.
        (async () => await journal.append(events, durability, extras))();
    appended.catch(() => {}); // it is awaited below, but maybe only after an earlier one failed
    told = (async () => {
      await before;
      try {
        await appended;
      } catch (error) {
        if (!broken) {
          broken = new JournalFailure(error);
          deps.onBroken();
        }
        throw broken;
      }
      for (const { event, step } of entries) seen.push(event, step);
      try {
        deps.onEvents(events);
      } catch (bug) {
        // A listener's own mistake: loud, but no reason to stop a run that costs money.
        clock.setTimeout(() => {
          throw bug;
        }, 0);
      }
    })();
    told.catch(() => {}); // the same
  }

  function number(body: RunEventBody): RunEvent {
    return { ...body, runId, seq: ++seq, at: clock.now() };
  }

  if ("type" in origin) void push({ event: origin, now: false });

  return {
    latest,
    seen,
    get broken() {
      return broken;
    },
    record(body, takes) {
      if (broken) return;
      const event = number(body);
      const step = latest.push(event);
      void push({ event, step, now: false, takes });
    },
    async commit(body, ledger, takes) {
      if (broken) throw broken;
      const event = number(body);
      const step = latest.push(event);
      await push({ event, step, now: true, ledger, takes });
    },
    async flushed() {
      await (handing ?? told);
      if (broken) throw broken;
    },
  };
}
