import { money } from "../../base/dollars.ts";
import { codeOf, messageOf } from "../../base/errors.ts";
import { saidBy } from "../../base/words.ts";
import { workKindOf } from "../../nodes/definitions.ts";
import type { JobKind, JobView, RemoteFailure } from "../../wondercat/types.ts";
import { isMessage, type Said } from "../../words/message.ts";
import { saidIn, Told } from "../../words/told.ts";
import type { Failure } from "./events.ts";
import type { StepState } from "./run-state.ts";
import type { Take } from "./takes.ts";

/** Rejections of `RemoteServer.look` and `upload` carry this. */
export type CarriesFailure = { readonly failure: RemoteFailure };

/** The server's failure as a run keeps it. */
export function toFailure(failure: RemoteFailure): Failure {
  const { code, message, remedy, cost, retryable } = failure;
  return { code, message, remedy, cost, retryable };
}

/** The failure an error carries; an error that carries none is told as it is. */
export function failureIn(error: unknown): RemoteFailure {
  if (carriesFailure(error)) return error.failure;
  return {
    code: codeOf(error) ?? "unexpected_error",
    message: saidIn(error),
    remedy: "Try again; if it goes on, look at the log.",
    retryable: false,
    cost: "none",
  };
}

/** A failure of something on this machine: a render, a file, the library. Nothing of it costs money. */
export function localFailure(error: unknown, fallback: { code: string; remedy: Said }): Failure {
  if (carriesFailure(error)) return toFailure(error.failure);
  const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : undefined;
  const remedy =
    error instanceof Error &&
    "remedy" in error &&
    (typeof error.remedy === "string" || isMessage(error.remedy))
      ? error.remedy
      : undefined;
  return {
    code: codeOf(error) ?? fallback.code,
    message: saidIn(error),
    remedy: remedy ?? fallback.remedy,
    cost: "none",
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  };
}

/**
 * Why an accepted job cannot be looked at. It may be well all the same, so what it means for money is not known.
 *
 * @param isLast whether it is not looked at again by itself.
 */
export function lookFailure(failure: RemoteFailure, isLast: boolean): Failure {
  const { message, status, retryable } = failure;
  return {
    ...toFailure(failure),
    message:
      status === undefined || typeof message !== "string" || message.includes(`${status}`)
        ? message
        : `${message.replace(/\.$/, "")} (HTTP ${status}).`,
    remedy: retryable
      ? isLast
        ? LOOK_LATER
        : "It is looked at again by itself."
      : (lookRemedies[status ?? 0] ?? unreadableRemedy),
    cost: "unknown",
  };
}

const CHECK_KEY = "Check the API key, then look at the job once more: it goes on without you.";
const CHECK_JOB =
  "The server is late with it or has removed it, or the key is another account's: look on the server's own site. A run with fresh results makes it anew, and charges it again.";
const LOOK_LATER =
  "Nothing looks at it by itself any more: once the server answers again, look at the job once more. That costs nothing.";
const unreadableRemedy =
  "Look on the server's own site whether the job is done; the API may have changed, so look for a newer Catwalk.";

const lookRemedies: { readonly [status: number]: string } = {
  401: CHECK_KEY,
  403: CHECK_KEY,
  404: CHECK_JOB,
  410: CHECK_JOB,
};

/** A job that the server ended badly. */
export function jobFailure(view: JobView): Failure {
  const canceled = view.ended === "canceled";
  const said = view.errorMessage === undefined ? undefined : saidBy(view.errorMessage);
  return {
    code: view.errorCode ?? (canceled ? "job_canceled" : "job_failed"),
    message: canceled
      ? `The server cancelled the job${said === undefined ? "" : ` and says: ${said}`}.`
      : `The job failed on the server${said === undefined ? "" : `, which says: ${said}`}.`,
    remedy:
      view.job.kind === "publish"
        ? "Nothing was posted, says the server. Change what it complains about and retry; you are asked again before it is sent."
        : canceled
          ? "Retry to have it made again."
          : "Change what it complains about and retry.",
    // The API does not say whether the hold of a failed job is released.
    cost: "unknown",
    retryable: true,
  };
}

export const NO_OUTPUT = "no_output";

/** @param forms what the job gave instead. */
export function noOutput(wanted: string, forms: readonly string[] = []): Failure {
  const instead = forms.length === 0 ? "" : `: what it gave came as ${forms.join(" and as ")}`;
  return {
    code: NO_OUTPUT,
    message: `The job succeeded, but gave no ${wanted}${instead}.`,
    remedy:
      "Look at the job on the server. Retry looks at it once more, free of charge; a fresh run makes and charges a new one.",
    cost: "charged",
    retryable: true,
  };
}

export const RESULT_NOT_HERE = "result_not_here";

/** A step cannot do without the bytes of a result that could not be fetched. Once they are here it can be tried again. */
export function resultNotHere(failure: Failure): Failure {
  return { ...failure, code: RESULT_NOT_HERE, cause: failure.code };
}

/** Beside others that are good. */
export const unreadableOutput: Failure = {
  code: "output_unreadable",
  message: "The server lists this result in a form that Catwalk cannot read.",
  remedy: "Look at the job on the server; the API may have changed, so look for a newer Catwalk.",
  cost: "charged",
  retryable: false,
};

/** Wherever its link is found to lead. */
export const unsafeOutput: Failure = {
  code: "download_insecure",
  message: "The media's address is not a safe one to fetch from.",
  remedy: "Catwalk never fetches from such an address. Look at the job on the server's own site.",
  cost: "charged",
  retryable: false,
};

const neverHere: readonly unknown[] = [unsafeOutput.code, unreadableOutput.code];

/** Whether a result that is not here may come when it is fetched once more. */
export function isFetchable({ code }: Failure): boolean {
  return !neverHere.includes(code);
}

/** Whether a step lacks a result that can never be fetched. */
export function isNeverHere({ code, cause }: Failure): boolean {
  return code === RESULT_NOT_HERE && neverHere.includes(cause);
}

/** @param maker the step that gave the media, where one of this run did. Nothing upstream runs again by itself. */
export function bytesGone(maker: StepState | undefined): Failure {
  const cost = maker?.savedMicrodollars ?? maker?.estimateMicrodollars;
  return {
    code: "media_missing",
    message: maker
      ? `The file that “${maker.title}” gave is no longer in the library.`
      : "The file of an input is no longer in the library.",
    remedy:
      maker === undefined || workKindOf(maker.type) === "upload"
        ? "Choose the file again, then run this step again."
        : (maker.job ?? maker.madeBy)
          ? `Retry “${maker.title}”, which makes and charges it anew${cost === undefined ? "" : `: ${money(cost)}`}.`
          : `Retry “${maker.title}”: it is rendered here again and costs nothing.`,
    cost: "none",
    retryable: true,
  };
}

/** The process ended between the intent and the answer. */
export function unheard(jobKind: JobKind): Failure {
  return {
    code: "interrupted",
    message: "Catwalk was ended while this was being sent, and the answer is not known.",
    remedy:
      jobKind === "publish"
        ? "Nobody can say whether the post went out. Look at the account itself; publish again only if it is not there."
        : "Nobody can say whether the job was made and charged. Look at the server; send it again only if it is not there.",
    cost: "unknown",
    retryable: false,
  };
}

/** Another run has sent the very same, and its answer is not known. */
export function equalInDoubt(runId: string): Failure {
  return {
    code: "equal_in_doubt",
    message: `Run ${runId} has sent exactly this, and its answer is not known: the job may have been made and charged.`,
    remedy:
      "Nothing was sent for this step. Settle the doubt in that run; or retry this step, which makes it all the same.",
    cost: "none",
    retryable: true,
  };
}

export function takesUnreadable(error: unknown): Failure {
  return localFailure(error, {
    code: "takes_unreadable",
    remedy:
      "Nothing was sent, because nobody can say what was made before. Mend the data folder, then retry.",
  });
}

/** The take that a step is locked to has neither bytes here nor an id that this server knows. */
export function takeGone({ title, estimateMicrodollars }: Take): Failure {
  return {
    code: "take_gone",
    message: `The take that “${title}” is locked to is gone: its file is not in the library, and this server does not have it.`,
    remedy: `Choose another take, or unlock “${title}” and run it again${costWords(estimateMicrodollars)}.`,
    cost: "none",
    retryable: true,
  };
}

export function overBudget(spent: number, estimate: number, budget: number): Failure {
  return {
    code: "over-budget",
    message: `This would cost ${money(estimate)}. ${dollars(spent)} of the run's budget, ${dollars(budget)}, is spent or reserved.`,
    remedy: "Nothing was sent. Start it in a run with a larger budget. The bound is on estimates.",
    cost: "none",
    retryable: true,
  };
}

export const priceUnknown: Failure = {
  code: "price-unknown",
  message: "The price of this job is not known, and the run has a budget.",
  remedy: "Nothing was sent. Say what such a job is to count as, or run it without a budget.",
  cost: "none",
  retryable: true,
};

function costWords(microdollars: number | undefined): string {
  if (microdollars === undefined) return "";
  return ` (${money(microdollars)})`;
}

function dollars(microdollars: number): string {
  return `$${(microdollars / 1_000_000).toFixed(2)}`;
}

/** A step's failure on its way out of nested calls. */
export class StepFailed extends Told {
  override readonly name = "StepFailed";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export const INTERNAL_ERROR = "internal_error";

/** Our own mistake, said loudly. The step fails; the rest of the run goes on. */
export function bug(error: unknown): Failure {
  return {
    code: INTERNAL_ERROR,
    message: `Catwalk itself went wrong: ${messageOf(error)}`,
    remedy: "Please report this with the log of the run.",
    cost: "unknown",
    retryable: false,
  };
}

/** Our own mistake in a promise that is not awaited: it must not vanish. */
export function onBug(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function carriesFailure(error: unknown): error is CarriesFailure {
  return (
    typeof error === "object" &&
    error !== null &&
    "failure" in error &&
    typeof error.failure === "object" &&
    error.failure !== null &&
    "code" in error.failure &&
    "remedy" in error.failure
  );
}
