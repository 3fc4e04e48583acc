import { asLibraryFailure, type LibraryFailureCode, libraryFailure } from "../ports/failure.ts";

/** SQLite's result codes in the library's words. @see https://sqlite.org/rescode.html */
const bySqlite: { readonly [code: number]: LibraryFailureCode } = {
  // Extended ones that say more than their primary code. No room for shared memory: nothing else asks for it.
  4874: "disk-full",
  5: "busy",
  6: "busy",
  8: "read-only",
  10: "broken",
  11: "damaged",
  13: "disk-full",
  14: "no-access",
  26: "damaged",
};

/** Names what SQLite or the file system said; anything else is a bug and stays as it is. */
export function asStoreFailure(error: unknown): unknown {
  if (!(error instanceof Error && "errcode" in error && typeof error.errcode === "number"))
    return asLibraryFailure(error);
  const code = bySqlite[error.errcode] ?? bySqlite[error.errcode & 0xff];
  return code === undefined ? error : libraryFailure(code, error);
}

export function guarded<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw asStoreFailure(error);
  }
}
