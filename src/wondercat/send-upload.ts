import { saidBy } from "../base/words.ts";
import { message } from "../words/message.ts";
import { ExchangeError, type ExchangeRequest, exchange } from "./exchange.ts";
import { failureOf, scrubFailure, WondercatError } from "./failures.ts";
import { openMultipart, type UploadFile } from "./multipart.ts";
import { parseAnswer } from "./parse-answer.ts";
import { answers } from "./schemas.ts";
import type { Transport } from "./transport.ts";
import type { RemoteMedia } from "./types.ts";

/** Sends a file once. @throws WondercatError */
export async function sendUpload(
  transport: Transport,
  file: UploadFile,
  signal: AbortSignal,
  onProgress: ((sentBytes: number) => void) | undefined,
): Promise<RemoteMedia> {
  const { clock, timeouts } = transport;
  const until = AbortSignal.any([signal, transport.closing]);
  const key = transport.key();
  await using multipart = await openMultipart(file);
  const isWhole = (sentBytes: number) => sentBytes >= multipart.lengthBytes;
  let hasLeft = false;
  const request: ExchangeRequest = {
    ...transport.request(
      "POST",
      "/media/upload",
      until,
      { ...transport.apiHeaders(key), ...multipart.headers },
      multipart.body,
    ),
    answerMs: (sentBytes) => timeouts.uploadAnswerMs(isWhole(sentBytes) ? file.sizeBytes : 0),
    onSent(sentBytes) {
      hasLeft = isWhole(sentBytes);
      onProgress?.(multipart.fileBytes(sentBytes));
    },
  };
  const answer = await exchange(transport.connections.uploads, request).catch((error: unknown) => {
    // The whole file went there and was waited for; another copy of it would fare no better.
    const isSilent = error instanceof ExchangeError && error.code === "answer_timeout" && hasLeft;
    throw isSilent ? new WondercatError(failureOf("upload_unanswered"), { cause: error }) : error;
  });
  const result = parseAnswer(answers.upload, await transport.answerOf(answer), key, clock.now());
  if ("media" in result) return result.media;
  throw new WondercatError(
    scrubFailure(
      {
        ...failureOf("upload_rejected"),
        message: message("server.uploadRejectedSaying", { said: saidBy(result.rejected) }),
      },
      key,
    ),
  );
}
