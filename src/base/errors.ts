/** What is known of a thing that was thrown, whatever it is. */

/** @param otherwise what to say of what is no error. Default: itself as text. */
export function messageOf(error: unknown, otherwise: string = String(error)): string {
  return error instanceof Error ? error.message : otherwise;
}

/** As Node and SQLite put it on their errors: "ENOENT". */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** There is no such file, or no such folder on the way to it. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOENT" || code === "ENOTDIR";
}
