import { type CreateAnswer, outcomeOf } from "./create-outcome.ts";
import { ExchangeError, exchange } from "./exchange.ts";
import { failureOf, scrubAnswer, scrubFailure, scrubText, WondercatError } from "./failures.ts";
import type { Transport } from "./transport.ts";
import type { CreateOutcome, CreateRequest } from "./types.ts";

/** Sends a create once, and says in which of the four ways it ended. Never rejects for what a server does. */
export async function sendCreate(
  transport: Transport,
  request: CreateRequest,
  signal: AbortSignal,
  mayLeave: () => Promise<boolean>,
): Promise<CreateOutcome> {
  const { clock, closing } = transport;
  let key: string;
  try {
    key = transport.key();
  } catch (error) {
    if (error instanceof WondercatError) return { outcome: "notSent", failure: error.failure };
    throw error;
  }
  if (closing.aborted) return { outcome: "notSent", failure: failureOf("client_closed") };
  const { path, body } = createCall(request);
  const headers = { ...transport.apiHeaders(key), "content-type": "application/json" };
  const until = AbortSignal.any([signal, closing]);
  const dispatcher = transport.openCreate(async () => !until.aborted && (await mayLeave()));
  let ended: CreateAnswer | ExchangeError;
  try {
    const answer = await transport.answerOf(
      await exchange(dispatcher, {
        ...transport.request("POST", path, until, headers, JSON.stringify(body)),
        abortable: "before-sending",
      }),
    );
    ended = { ...answer, text: scrubAnswer(answer.text, key) };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    ended = error;
  } finally {
    await dispatcher.destroy();
  }
  const outcome = outcomeOf(request.kind, ended, clock.now());
  return outcome.outcome === "accepted"
    ? { ...outcome, ...(outcome.notice ? { notice: scrubText(outcome.notice, key) } : {}) }
    : { ...outcome, failure: scrubFailure(outcome.failure, key) };
}

/** A create as the API takes it. What Catwalk stands for (media, account, caption) wins over free params. */
function createCall(request: CreateRequest): { readonly path: string; readonly body: unknown } {
  switch (request.kind) {
    case "inference":
      return { path: request.path, body: request.body };
    case "editor":
      return { path: `/${request.endpoint}/edit`, body: request.body };
    case "publish": {
      const { mediaId, accountId, caption, params } = request.body;
      const { create, accountField } = request.api;
      return { path: create, body: { ...params, mediaId, [accountField]: accountId, caption } };
    }
  }
}
