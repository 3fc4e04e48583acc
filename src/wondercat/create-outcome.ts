import type { ExchangeError } from "./exchange.ts";
import {
  type AnswerHeaders,
  asDoubt,
  describeStrayAnswer,
  failureOf,
  noticeOf,
  parseApiError,
  parseBody,
} from "./failures.ts";
import { answers } from "./schemas.ts";
import type { CreateOutcome, JobKind } from "./types.ts";

export type CreateAnswer = {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** The whole body: one that was cut off is an ExchangeError instead. */
  readonly text: string;
};

/**
 * Which of the four ways a create ended in. Refused needs the API's own word for it, accepted the job's id, not sent
 * the certainty that no byte left; all else is in doubt, also a 4xx that something other than the API may have said.
 *
 * @see docs/wondercat-api.md, section 2: no idempotency is documented, so a create sent twice may be charged twice.
 */
export function outcomeOf(kind: JobKind, ended: CreateAnswer | ExchangeError, nowMs: number): CreateOutcome {
  if (ended instanceof Error) {
    return ended.sent
      ? { outcome: "inDoubt", failure: asDoubt(ended.failure, kind) }
      : { outcome: "notSent", failure: ended.failure };
  }
  const { status, headers, text } = ended;
  if (status >= 200 && status < 300) {
    const parsed = parseBody(answers.created(kind), text);
    if (parsed.ok) {
      const notice = noticeOf(headers, undefined);
      return { outcome: "accepted", job: parsed.value, ...(notice === undefined ? {} : { notice }) };
    }
    const isJsonWithoutId = parsed.failure.code === "unexpected_body";
    const failure = isJsonWithoutId ? failureOf("accepted_without_id", `HTTP ${status}`) : parsed.failure;
    return { outcome: "inDoubt", failure: asDoubt({ ...failure, status }, kind) };
  }
  const said = parseApiError(status, text, headers, nowMs);
  if (said && status >= 400 && status < 500) return { outcome: "refused", failure: said };
  return {
    outcome: "inDoubt",
    failure: asDoubt(said ?? describeStrayAnswer(status, text, headers, nowMs), kind),
  };
}
