import type { Clock } from "../../base/clock.ts";
import type { Ledger, LedgerEntry } from "../../engine/index.ts";
import { isUnsettled, type Scope } from "../../engine/record.ts";
import type { LedgerRow, Library } from "../../library/index.ts";
import { pause } from "./run-feed.ts";

/** How often a post that another one holds up looks whether it may go, in milliseconds. */
const HOLD_POLL_MS = 100;
/** How long to wait before a hold that could not be let go is tried again, in milliseconds. */
const LET_GO_AGAIN_MS = 1_000;

/** The publish ledger as the engine asks for it. */
export function createPostLedger(deps: {
  readonly library: Library;
  readonly clock: Clock;
  /** Whether the answer to this intent may still come. */
  isSending(row: LedgerRow): Promise<boolean>;
}): Ledger {
  const { library, clock, isSending } = deps;

  async function letGo(post: string): Promise<void> {
    try {
      await library.ledger.letGo(post);
    } catch {
      // What was sent is sent, whatever the disk says now; until then only an equal post waits.
      clock.setTimeout(() => void letGo(post), LET_GO_AGAIN_MS);
    }
  }

  async function openOf(unsettled: readonly LedgerRow[]): Promise<LedgerRow | undefined> {
    for (const row of unsettled) if (await isOpenRow(row, isSending)) return row;
    return undefined;
  }

  return {
    async history(key) {
      const { lastSentAt, unsettled } = await library.ledger.history(key);
      const open = await openOf(unsettled);
      return {
        ...(lastSentAt === undefined ? {} : { lastSentAt }),
        ...(open ? { unsettled: unsettledOf(open) } : {}),
      };
    },
    async lock(key, signal) {
      const [media] = await library.ledger.namesOf(key.scope, key.mediaSha256);
      const post = JSON.stringify([key.scope, key.accountId, key.product, media]);
      while (!(await library.ledger.tryHold(post))) {
        await pause(clock, HOLD_POLL_MS, signal);
        signal.throwIfAborted();
      }
      return () => void letGo(post);
    },
  };
}

/** Whether a person's word about it is waited for: not while the answer to its create may still come. */
export async function isOpenRow(
  row: LedgerRow,
  isSending: (row: LedgerRow) => Promise<boolean>,
): Promise<boolean> {
  return isUnsettled(row) && !(row.state === "intended" && (await isSending(row)));
}

function unsettledOf({ runId, stepId, attempt, state, at }: LedgerRow) {
  if (state !== "intended" && state !== "in-doubt" && state !== "unknown")
    throw new Error(`A post that is ${state} is not open.`);
  return { runId, stepId, attempt, state, at };
}

/** A row as the engine has it; the scope is that of the server it was read for. */
export function entryOf(row: LedgerRow, scope: Scope): LedgerEntry {
  const { accountName, jobId, permalink, settled, ...rest } = row;
  return {
    ...rest,
    scope,
    ...(accountName === undefined ? {} : { accountName }),
    ...(jobId === undefined ? {} : { jobId }),
    ...(permalink === undefined ? {} : { permalink }),
    ...(settled ? { settled } : {}),
  };
}
