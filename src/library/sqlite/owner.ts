import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { makePrivateFolder } from "../files/private-files.ts";
import { asStoreFailure, guarded } from "./failure.ts";
import { holdLock, tryLock } from "./lock.ts";

export type Owners = {
  /** Random; names this opening of the library, and the lock it holds until it closes or its process dies. */
  readonly ownerId: string;
  isAlive(ownerId: string): boolean;
  pidOf(ownerId: string): number | undefined;
  close(): void;
};

const ownerRow = z.object({ pid: z.number() });

/** Says for every run whether a living process holds it. Each opening of the library holds one lock for all its runs. */
export function openOwners(database: DatabaseSync, folder: string): Owners {
  const ownerId = randomUUID();
  guarded(() => makePrivateFolder(folder));
  const pathOf = (id: string) => join(folder, `${id}.lock`);
  const lock = guarded(() => holdLock(pathOf(ownerId)));

  const selectOwner = database.prepare("SELECT pid FROM owners WHERE owner_id = ?");
  const deleteOwner = database.prepare("DELETE FROM owners WHERE owner_id = ?");
  try {
    database
      .prepare("INSERT INTO owners (owner_id, pid, started_at) VALUES (?, ?, ?)")
      .run(ownerId, process.pid, Date.now());
  } catch (error) {
    lock.release();
    throw asStoreFailure(error);
  }

  function forget(id: string): void {
    const { isTransaction } = database;
    try {
      deleteOwner.run(id);
    } catch (error) {
      // A full disk, or another's long transaction. Without its lock the row says as much as none: the next one who
      // looks tidies it up. But SQLite may have given up whatever was being written around it.
      if (isTransaction && !database.isTransaction) throw error;
    }
  }

  function isAlive(id: string): boolean {
    if (id === ownerId) return true;
    return guarded(() => {
      if (selectOwner.get(id) === undefined) return false;
      const taken = tryLock(pathOf(id));
      if (typeof taken === "string") return taken === "held";
      try {
        // Forgotten before the lock is let go, so that another process asking now does not take us for the owner.
        forget(id);
      } finally {
        taken.release();
      }
      return false;
    });
  }

  // Looking at those who died without a word tidies up after them.
  const everyone = guarded(() => database.prepare("SELECT owner_id AS ownerId FROM owners").all());
  for (const { ownerId: id } of z.array(z.object({ ownerId: z.string() })).parse(everyone)) isAlive(id);

  return {
    ownerId,
    isAlive,
    pidOf: (id) => guarded(() => ownerRow.optional().parse(selectOwner.get(id))?.pid),
    close() {
      forget(ownerId);
      lock.release();
    },
  };
}
