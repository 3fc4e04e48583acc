import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { createMediaFiles } from "../files/media-files.ts";
import { keepPrivate } from "../files/private-files.ts";
import type { Documents } from "../ports/documents.ts";
import type { JobDurations } from "../ports/durations.ts";
import type { Gallery } from "../ports/gallery.ts";
import type { Journal } from "../ports/journal.ts";
import type { LedgerTable } from "../ports/ledger.ts";
import type { Library } from "../ports/library.ts";
import type { MediaTable } from "../ports/media.ts";
import type { RunTable } from "../ports/runs.ts";
import type { Settings } from "../ports/settings.ts";
import type { TakeTable } from "../ports/takes.ts";
import { type Checkpoints, openCheckpoints } from "./checkpoints.ts";
import { checkFiles, lockNames, makeFolder, removeDeadLocks } from "./condition.ts";
import { openDatabase } from "./database.ts";
import { createDocuments } from "./documents.ts";
import { createJobDurations } from "./durations.ts";
import { asStoreFailure, guarded } from "./failure.ts";
import { createGallery } from "./gallery.ts";
import { asynchronous } from "./immediate.ts";
import { createJournal } from "./journal.ts";
import { createLedger } from "./ledger.ts";
import { createMediaTable } from "./media.ts";
import { type Owners, openOwners } from "./owner.ts";
import { createRenderTable } from "./renders.ts";
import { createRunTable } from "./runs.ts";
import { createSettings } from "./settings.ts";
import { createTakeTable } from "./takes.ts";

/**
 * The library whose records lie in a database in its folder:
 *
 * ```
 * library.db            SQLite, write-ahead log (so library.db-wal and -shm beside it while open)
 * locks/OWNER.lock      held by each process that has the library open; freed by the system when it dies
 * ```
 *
 * Transactions are short, and waiting for another process's has a limit.
 *
 * @throws LibraryFailure when the folder cannot be used.
 */
export async function openLibrary(folder: string): Promise<Library> {
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
    throw asStoreFailure(error);
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
    runs: asynchronous<RunTable>(runs),
    journal: asynchronous<Journal>(journal),
    ledger: asynchronous<LedgerTable>(ledger),
    takes: asynchronous<TakeTable>(takes),
    renders: createRenderTable(database),
    gallery: asynchronous<Gallery>(gallery),
    media: asynchronous<MediaTable>(createMediaTable(database)),
    files: createMediaFiles(folder),
    documents: asynchronous<Documents>(createDocuments(database)),
    settings: asynchronous<Settings>(createSettings(database)),
    durations: asynchronous<JobDurations>(createJobDurations(database)),
    caughtUp: checkpoints.caughtUp,
    async close() {
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
