import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { createMediaFiles, type MediaFiles } from "../files/media-files.ts";
import { keepPrivate } from "../files/private-files.ts";
import { asLibraryFailure, guarded } from "../ports/failure.ts";
import { type Checkpoints, openCheckpoints } from "./checkpoints.ts";
import { checkFiles, lockNames, makeFolder, removeDeadLocks } from "./condition.ts";
import { openDatabase } from "./database.ts";
import { createDocuments, type Documents } from "./documents.ts";
import { createJobDurations, type JobDurations } from "./durations.ts";
import { createGallery, type Gallery } from "./gallery.ts";
import { createJournal, type Journal } from "./journal.ts";
import { createLedger, type LedgerTable } from "./ledger.ts";
import { createMediaTable, type MediaTable } from "./media.ts";
import { type Owners, openOwners } from "./owner.ts";
import { createRenderTable, type RenderTable } from "./renders.ts";
import { createRunTable, type RunTable } from "./runs.ts";
import { createSettings, type Settings } from "./settings.ts";
import { createTakeTable, type TakeTable } from "./takes.ts";

/**
 * Everything the studio remembers, in one folder:
 *
 * ```
 * library.db            SQLite, write-ahead log (so library.db-wal and -shm beside it while open)
 * locks/OWNER.lock      held by each process that has the library open; freed by the system when it dies
 * media/ab/abcdef…      bytes by their SHA-256, never changed once there
 * media/incoming/       bytes on their way in
 * cache/posters/        SHA256.jpg, and cache/waveforms/SHA256.json: can be made again
 * ```
 *
 * Several processes may have it open at once: transactions are short, and waiting for another's has a limit.
 * Every call may throw a `LibraryFailure`, which says what is wrong with the disk and what to do.
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
  /** As `Checkpoints.caughtUp`. */
  caughtUp(): Promise<void>;
  /** Commits what waits and lets go of this process's runs: the unfinished ones count as interrupted from now on. */
  close(): void;
};

/** @throws LibraryFailure when the folder cannot be used. */
export function openLibrary(folder: string): Library {
  makeFolder(folder);
  guarded(() => keepPrivate(folder));
  guarded(() => checkFiles(folder));
  const database = openDatabase(join(folder, "library.db"));
  let owners: Owners | undefined;
  try {
    guarded(() => removeLeftovers(join(folder, "media", "incoming")));
    owners = openOwners(database, join(folder, "locks"));
    return roomsOf(folder, database, owners, openCheckpoints(database, join(folder, "library.db")));
  } catch (error) {
    owners?.close();
    database.close();
    throw asLibraryFailure(error);
  }
}

function roomsOf(folder: string, database: DatabaseSync, owners: Owners, checkpoints: Checkpoints): Library {
  const runs = createRunTable(database, owners);
  const ledger = createLedger(database, owners);
  const takes = createTakeTable(database, owners);
  const gallery = createGallery(database);
  const journal = createJournal(database, { ledger, runs, takes, gallery });
  return {
    folder,
    runs,
    journal,
    ledger,
    takes,
    renders: createRenderTable(database),
    gallery,
    media: createMediaTable(database),
    files: createMediaFiles(folder),
    documents: createDocuments(database),
    settings: createSettings(database),
    durations: createJobDurations(database),
    caughtUp: checkpoints.caughtUp,
    close() {
      const locks = join(folder, "locks");
      const before = lockNames(locks);
      journal.close();
      owners.close();
      checkpoints.close();
      database.close();
      // Whoever was last has brought the log into the database. A lock without a log would say that it was lost.
      if (!existsSync(join(folder, "library.db-wal"))) removeDeadLocks(locks, before);
    },
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Bytes of a process that was killed while it took them in. Younger ones may be another process's work. */
function removeLeftovers(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs > DAY_MS) rmSync(path, { force: true });
  }
}
