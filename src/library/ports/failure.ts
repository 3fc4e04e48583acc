import type { Said } from "../../words/message.ts";
import { Told } from "../../words/told.ts";
export type LibraryFailureCode =
  | "disk-full"
  | "read-only"
  | "no-access"
  | "damaged"
  | "busy"
  | "too-new"
  | "unlike"
  | "too-large"
  | "broken";

/** The data folder could not do what was asked. Nothing half-done is left behind: the transaction was rolled back. */
export class LibraryFailure extends Told {
  override readonly name = "LibraryFailure";
  readonly code: LibraryFailureCode;
  /** What the person can do. */
  readonly remedy: Said;

  constructor(code: LibraryFailureCode, message: Said, remedy: Said, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.remedy = remedy;
  }
}

const told: { readonly [Code in LibraryFailureCode]: readonly [message: Said, remedy: Said] } = {
  "disk-full": ["The disk that holds the data folder is full.", "Free some space, then try again."],
  "read-only": ["The data folder cannot be written to.", "Make it writable, or choose another with --home."],
  "no-access": [
    "The data folder, or a file in it, may not be opened.",
    "Check who owns the folder, or choose another with --home.",
  ],
  damaged: [
    "The library's database is damaged.",
    "Quit every Catwalk on this data folder and start it again, or run “catwalk salvage”: the damaged files are set aside, and every graph that can still be read is brought over.",
  ],
  busy: [
    "Another program holds the library's database for too long.",
    "Close other copies of Catwalk that use this data folder, then try again.",
  ],
  "too-new": [
    "The library was written by a newer version of Catwalk.",
    "Update Catwalk, or choose another data folder with --home.",
  ],
  unlike: [
    "The library is not as this version of Catwalk expects it, and could not be brought to its form. Nothing in it was changed.",
    "Open it with the version of Catwalk that used it last, or choose another data folder with --home.",
  ],
  "too-large": ["The file is larger than the library takes.", "Use a smaller file."],
  broken: ["The library could not be read or written.", "Try again; if it stays, check the disk."],
};

/** The file system's codes in the library's words. */
const byErrno: { readonly [code: string]: LibraryFailureCode } = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EROFS: "read-only",
  EACCES: "no-access",
  EPERM: "no-access",
  EIO: "broken",
  ENOTDIR: "no-access",
};

export function libraryFailure(code: LibraryFailureCode, cause?: unknown): LibraryFailure {
  const [message, remedy] = told[code];
  return new LibraryFailure(code, message, remedy, cause);
}

/** Names what the file system said; anything else is a bug and stays as it is. */
export function asLibraryFailure(error: unknown): unknown {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return error;
  const code = byErrno[error.code];
  return code === undefined ? error : libraryFailure(code, error);
}
