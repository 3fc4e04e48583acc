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
