/** What of the contract a window has at run time. The schemas are left out of its bundle, since the studio checks. */

/** What the data folder holds. `renders` and `previews` can be made again here, free of charge. */
export const storageClasses = [
  "results",
  "uploads",
  "renders",
  "previews",
  "records",
  "saved",
  "sandbox",
  "other",
] as const;
/** At least this much, in bytes: 100 MB. */
export const LEAST_DISK_LIMIT_BYTES = 100_000_000;

/**
 * Where a window in a browser keeps its path in the browser's own storage, which is its port's alone: the bare address
 * finds the way back by it.
 */
export const WINDOW_PATH_KEY = "catwalk:path";

/** Where the web host proves that it is the one a window has met: HMAC-SHA-256 of `nonce` by the window's path, in base64url. */
export const PROOF_PATH = "/here";

/** The largest message a window may send to a host that takes messages as text, in bytes. */
export const LARGEST_MESSAGE_BYTES = 32 * 1024 * 1024;
