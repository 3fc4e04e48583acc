import { LibraryFailure } from "../../library/index.ts";

/**
 * For what the library may do without. A disk that does not take this will not take the journal or the open document
 * either, and those say so.
 */
export async function withoutHarm<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof LibraryFailure) return undefined;
    throw error;
  }
}
