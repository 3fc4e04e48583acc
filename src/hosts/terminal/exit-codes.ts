/** What the command line answers with. */
export const exitCode = {
  done: 0,
  stepFailed: 1,
  /** Bad usage or an invalid graph; no request was made. */
  usage: 2,
  /** A doubt, an approval, a skipped publish, consent not given. */
  needsPerson: 3,
  /** The server is unreachable, or it refused the key or the credits before any create. */
  server: 4,
  /** An error of Catwalk's own; a report was written, and runs stand as interrupted. */
  bug: 70,
  cancelled: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends a command with a message for a person and an exit code. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly exit: ExitCode;

  constructor(exit: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
  }
}

/**
 * What a person is told of a failure, and the exit code. Undefined for our own mistakes: those are thrown on, with all
 * they carry.
 */
export function tellFailure(
  error: unknown,
): { readonly message: string; readonly exit: ExitCode } | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof CommandFailure) return { message: error.message, exit: error.exit };
  // The failures of studio, library and journal: each knows what to do about it.
  if ("remedy" in error && typeof error.remedy === "string") {
    const code = "code" in error ? String(error.code) : error.name;
    return {
      message: `${error.message} ${error.remedy} (${code})`,
      exit: exitByCode[code] ?? exitCode.stepFailed,
    };
  }
  // A full disk, a folder that may not be written: the system's words name the place.
  if ("syscall" in error) return { message: error.message, exit: exitCode.stepFailed };
  return undefined;
}

const exitByCode: { readonly [code: string]: ExitCode } = {
  cancelled: exitCode.cancelled,
  "consent-needed": exitCode.needsPerson,
  "run-missing": exitCode.usage,
  // The data folder is of another version: nothing was begun, and another --home helps.
  "too-new": exitCode.usage,
  unlike: exitCode.usage,
};
