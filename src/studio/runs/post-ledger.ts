import type { Clock } from "../../base/clock.ts";
import type { Ledger, LedgerEntry, PostKey } from "../../engine/index.ts";
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
  isSending(row: LedgerRow): boolean;
}): Ledger {
  const { library, clock, isSending } = deps;

  /** The same media may have been posted under its bytes or, when these could not be had, under a server's id. */
  function namesOf({ scope, mediaSha256 }: PostKey): readonly [string, ...string[]] {
    const sha256 = mediaSha256.startsWith("id:")
      ? library.media.sha256Of(scope, mediaSha256.slice("id:".length))
      : mediaSha256;
    if (sha256 === undefined) return [mediaSha256];
    return [sha256, ...library.media.remoteIdsOf(scope, sha256).map((id) => `id:${id}`)];
  }

  function letGo(post: string): void {
    try {
      library.ledger.letGo(post);
    } catch {
      // What was sent is sent, whatever the disk says now; until then only an equal post waits.
      clock.setTimeout(() => letGo(post), LET_GO_AGAIN_MS);
    }
  }

  return {
    async history(key) {
      const { lastSentAt, unsettled } = library.ledger.history({ ...key, media: namesOf(key) });
      const open = unsettled.find((row) => isOpenRow(row, isSending));
      return {
        ...(lastSentAt === undefined ? {} : { lastSentAt }),
        ...(open ? { unsettled: unsettledOf(open) } : {}),
      };
    },
    async lock(key, signal) {
      const post = JSON.stringify([key.scope, key.accountId, key.product, namesOf(key)[0]]);
      while (!library.ledger.tryHold(post)) {
        await pause(clock, HOLD_POLL_MS, signal);
        signal.throwIfAborted();
      }
      return () => letGo(post);
    },
  };
}

/** Whether a person's word about it is waited for: not while the answer to its create may still come. */
export function isOpenRow(row: LedgerRow, isSending: (row: LedgerRow) => boolean): boolean {
  return isUnsettled(row) && !(row.state === "intended" && isSending(row));
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
