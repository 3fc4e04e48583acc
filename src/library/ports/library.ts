import type { Documents } from "./documents.ts";
import type { JobDurations } from "./durations.ts";
import type { Gallery } from "./gallery.ts";
import type { Journal } from "./journal.ts";
import type { LedgerTable } from "./ledger.ts";
import type { MediaTable } from "./media.ts";
import type { MediaFiles } from "./media-files.ts";
import type { RenderTable } from "./renders.ts";
import type { RunTable } from "./runs.ts";
import type { Settings } from "./settings.ts";
import type { TakeTable } from "./takes.ts";

/**
 * Everything the studio remembers, by concept. Records lie in a store, bytes of media in files of the folder:
 *
 * ```
 * media/ab/abcdef…      bytes by their SHA-256, never changed once there
 * media/incoming/       bytes on their way in
 * cache/posters/        SHA256.jpg, and cache/waveforms/SHA256.json: can be made again
 * ```
 *
 * Writes take effect in the order of the calls, each as a whole; an answer may come later than at once.
 *
 * Several processes may have it open at once. Every call may throw a `LibraryFailure`, which says what is wrong with
 * the disk and what to do.
 */
export type Library = {
  readonly folder: string;
  readonly runs: RunTable;
  readonly journal: Journal;
  readonly ledger: LedgerTable;
  readonly takes: TakeTable;
  readonly renders: RenderTable;
  readonly gallery: Gallery;
  readonly media: MediaTable;
  readonly files: MediaFiles;
  readonly documents: Documents;
  readonly settings: Settings;
  readonly durations: JobDurations;
  /** Resolves once little waits to reach the disk for good. For work that writes much, in steps. */
  caughtUp(): Promise<void>;
  /** Commits what waits and lets go of this process's runs: the unfinished ones count as interrupted from now on. */
  close(): Promise<void>;
};
