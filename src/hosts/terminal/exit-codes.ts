import type { Said } from "../../words/message.ts";
import { Told } from "../../words/told.ts";
import { words } from "./words.ts";
/** What the command line answers with. */
export const exitCode = {
  done: 0,
  stepFailed: 1,
  /** Bad usage, an invalid graph, or a data folder that does not open; no request was made. */
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
  readonly lines: readonly string[];

  constructor(exit: ExitCode, message: string | readonly string[], options?: ErrorOptions) {
    const lines = typeof message === "string" ? [message] : message;
    super(lines.join("\n"), options);
    this.exit = exit;
    this.lines = lines;
  }
}

const unbegun = new WeakSet<Error>();

/** Marks what kept the data folder from opening: it fails no step, since nothing was begun. @returns the error itself */
export function asUnbegun(error: unknown): unknown {
  if (error instanceof Error) unbegun.add(error);
  return error;
}

/**
 * What a person is told of a failure, and the exit code. Undefined for our own mistakes: those are thrown on, with all
 * they carry.
 */
export function tellFailure(
  error: unknown,
): { readonly lines: readonly string[]; readonly exit: ExitCode } | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof CommandFailure) return { lines: error.lines, exit: error.exit };
  const otherwise = unbegun.has(error) ? exitCode.usage : exitCode.stepFailed;
  // The failures of studio, library and journal: each knows what to do about it.
  if (error instanceof Told && "remedy" in error) {
    const code = "code" in error ? String(error.code) : error.name;
    return {
      lines: [`${words.say(error.said)} ${words.say(error.remedy as Said)} (${code})`],
      exit: exitByCode[code] ?? otherwise,
    };
  }
  // A full disk, a folder that may not be written: the system's words name the place.
  if ("syscall" in error) return { lines: [error.message], exit: otherwise };
  return undefined;
}

/** The same failure ends with the same code, wherever on the way it shows. Undefined: where it shows decides. */
export const exitByCode: { readonly [code: string]: ExitCode } = {
  cancelled: exitCode.cancelled,
  "consent-needed": exitCode.needsPerson,
  "preflight-void": exitCode.needsPerson,
  // What is wrong with the line: an address that no server can have, the run, or who holds it.
  server_address_invalid: exitCode.usage,
  server_insecure: exitCode.usage,
  "run-missing": exitCode.usage,
  "run-held": exitCode.usage,
  "run-other-server": exitCode.usage,
  "run-damaged": exitCode.usage,
  "run-unfinished": exitCode.usage,
  "step-missing": exitCode.usage,
  // A row that went through damage, found where it is read.
  damaged: exitCode.usage,
  // The data folder is of another version: nothing was begun, and another --home helps.
  "too-new": exitCode.usage,
  unlike: exitCode.usage,
};
