import { codeOf, messageOf } from "../../base/errors.ts";
import { saidBy } from "../../base/words.ts";
import { workKindOf } from "../../nodes/definitions.ts";
import type { JobKind, JobView, RemoteFailure } from "../../wondercat/types.ts";
import { isMessage, message, type Said } from "../../words/message.ts";
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
    remedy: message("failures.tryAgainLog"),
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
  const { message: said, status, retryable } = failure;
  return {
    ...toFailure(failure),
    message:
      status === undefined || typeof said !== "string" || said.includes(`${status}`)
        ? said
        : `${said.replace(/\.$/, "")} (HTTP ${status}).`,
    remedy: retryable
      ? isLast
        ? LOOK_LATER
        : message("failures.lookedAgain")
      : (lookRemedies[status ?? 0] ?? unreadableRemedy),
    cost: "unknown",
  };
}

const CHECK_KEY = message("failures.checkKeyThenLook");
const CHECK_JOB = message("failures.lateOrRemoved");
const LOOK_LATER = message("failures.lookLater");
const unreadableRemedy = message("failures.unreadableJob");

const lookRemedies: { readonly [status: number]: Said } = {
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
    message:
      said === undefined
        ? message(canceled ? "failures.jobCanceled" : "failures.jobFailed")
        : message(canceled ? "failures.jobCanceledSaying" : "failures.jobFailedSaying", { said }),
    remedy:
      view.job.kind === "publish"
        ? message("failures.nothingPosted")
        : canceled
          ? message("failures.retryToMake")
          : message("failures.changeAndRetry"),
    // The API does not say whether the hold of a failed job is released.
    cost: "unknown",
    retryable: true,
  };
}

export const NO_OUTPUT = "no_output";

/** @param forms what the job gave instead. */
export function noOutput(wanted: string, forms: readonly string[] = []): Failure {
  return {
    code: NO_OUTPUT,
    message:
      forms.length === 0
        ? message("failures.gaveNo", { wanted })
        : message("failures.gaveInstead", {
            wanted,
            forms: forms.map((form) => message("failures.asForm", { form })),
          }),
    remedy: message("failures.gaveNoRemedy"),
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
  message: message("failures.outputUnreadable"),
  remedy: message("failures.outputUnreadableRemedy"),
  cost: "charged",
  retryable: false,
};

/** Wherever its link is found to lead. */
export const unsafeOutput: Failure = {
  code: "download_insecure",
  message: message("failures.unsafeAddress"),
  remedy: message("failures.unsafeAddressRemedy"),
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
    message: maker ? message("failures.fileOfGone", { title: maker.title }) : message("failures.inputGone"),
    remedy:
      maker === undefined || workKindOf(maker.type) === "upload"
        ? message("failures.chooseFileAgain")
        : (maker.job ?? maker.madeBy)
          ? message("failures.retryMaker", {
              title: maker.title,
              known: cost === undefined ? "no" : "yes",
              cost: cost ?? 0,
            })
          : message("failures.retryRender", { title: maker.title }),
    cost: "none",
    retryable: true,
  };
}

/** The process ended between the intent and the answer. */
export function unheard(jobKind: JobKind): Failure {
  return {
    code: "interrupted",
    message: message("failures.endedWhileSent"),
    remedy: jobKind === "publish" ? message("failures.doubtPost") : message("failures.doubtJob"),
    cost: "unknown",
    retryable: false,
  };
}

/** Another run has sent the very same, and its answer is not known. */
export function equalInDoubt(runId: string): Failure {
  return {
    code: "equal_in_doubt",
    message: message("failures.equalSent", { runId }),
    remedy: message("failures.equalSentRemedy"),
    cost: "none",
    retryable: true,
  };
}

export function takesUnreadable(error: unknown): Failure {
  return localFailure(error, {
    code: "takes_unreadable",
    remedy: message("failures.takesUnreadable"),
  });
}

/** The take that a step is locked to has neither bytes here nor an id that this server knows. */
export function takeGone({ title, estimateMicrodollars }: Take): Failure {
  return {
    code: "take_gone",
    message: message("failures.takeGone", { title }),
    remedy: message("failures.takeGoneRemedy", {
      title,
      known: estimateMicrodollars === undefined ? "no" : "yes",
      cost: estimateMicrodollars ?? 0,
    }),
    cost: "none",
    retryable: true,
  };
}

export function overBudget(spent: number, estimate: number, budget: number): Failure {
  return {
    code: "over-budget",
    message: message("failures.overBudget", {
      estimate,
      spent: spent / 1_000_000,
      budget: budget / 1_000_000,
    }),
    remedy: message("failures.overBudgetRemedy"),
    cost: "none",
    retryable: true,
  };
}

export const priceUnknown: Failure = {
  code: "price-unknown",
  message: message("failures.priceUnknown"),
  remedy: message("failures.priceUnknownRemedy"),
  cost: "none",
  retryable: true,
};

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
    message: message("failures.bug", { why: messageOf(error) }),
    remedy: message("failures.bugRemedy"),
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
