import type { z } from "zod";
import type { CreateAnswer } from "./create-outcome.ts";
import {
  describeStrayAnswer,
  parseApiError,
  parseBody,
  scrubAnswer,
  scrubFailure,
  WondercatError,
} from "./failures.ts";
import type { RemoteFailure } from "./types.ts";

/**
 * The body of an answer, without the key wherever the server put it.
 *
 * @throws WondercatError when the answer is not a 2xx with a body of this schema
 */
export function parseAnswer<T>(schema: z.ZodType<T>, answer: CreateAnswer, key: string, nowMs: number): T {
  const { status, headers } = answer;
  const text = scrubAnswer(answer.text, key);
  let failure: RemoteFailure;
  if (status >= 200 && status < 300) {
    const parsed = parseBody(schema, text);
    if (parsed.ok) return parsed.value;
    failure = { ...parsed.failure, status };
  } else {
    failure =
      parseApiError(status, text, headers, nowMs) ?? describeStrayAnswer(status, text, headers, nowMs);
  }
  throw new WondercatError(scrubFailure(failure, key));
}
