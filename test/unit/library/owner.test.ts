import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isHeld, removeDeadLocks } from "../../../src/library/sqlite/condition.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { holdLock } from "../../../src/library/sqlite/lock.ts";
import { openOwners } from "../../../src/library/sqlite/owner.ts";

/** Whether a process lives is told by its lock, and asked by others at any moment of its life. */

let folder: string;
let locks: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "catwalk-owner-"));
  locks = join(folder, "locks");
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Something that happens between the opening of a lock's file and its lock. */
function beforeNextLock(act: () => void): void {
  const { exec } = DatabaseSync.prototype;
  let isDone = false;
  vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, sql) {
    if (sql === "BEGIN EXCLUSIVE" && !isDone) {
      isDone = true;
      act();
    }
    exec.call(this, sql);
  });
}

/** Two on one database, as two processes have it. */
async function openTwo() {
  await (await openLibrary(folder)).close();
  const connect = (timeout: number) => new DatabaseSync(join(folder, "library.db"), { timeout });
  const databases = [connect(0), connect(0)] as const;
  const [one, two] = databases.map((database) => openOwners(database, locks));
  if (!one || !two) throw new Error("There are two.");
  const close = () => {
    for (const database of databases) database.close();
  };
  return { one, two, databases, close };
}

test("A lock that others look at before it is taken is taken all the same, under its name", async () => {
  await (await openLibrary(folder)).close();
  const looks: readonly (() => unknown)[] = [() => isHeld(locks), () => removeDeadLocks(locks)];
  for (const look of looks) {
    beforeNextLock(look);
    const lock = holdLock(join(locks, "own.lock"));
    expect(readdirSync(locks)).toContain("own.lock");
    expect(isHeld(locks)).toBe(true);
    removeDeadLocks(locks);
    expect(readdirSync(locks)).toContain("own.lock");
    lock.release();
    vi.restoreAllMocks();
  }
  expect(readdirSync(locks)).toEqual([]);
});

test("A process that ends while another asks whether it lives is gone, and that is no failure", async () => {
  const { one, two, close } = await openTwo();
  beforeNextLock(() => one.close());
  expect(two.isAlive(one.ownerId)).toBe(false);
  two.close();
  close();
  expect(readdirSync(locks)).toEqual([]);
});

test("A dead process is dead for all who ask, also where its name cannot be struck off", async () => {
  const { one, two, databases, close } = await openTwo();
  const [, other] = databases;
  // Cut off: its lock is free, and its name is still there.
  const dead = openOwners(other, locks);
  const { ownerId } = dead;
  dead.close();
  other.prepare("INSERT INTO owners (owner_id, pid, started_at) VALUES (?, 1, 1)").run(ownerId);
  holdLock(join(locks, `${ownerId}.lock`)).leave();
  other.exec("BEGIN IMMEDIATE");
  expect(one.isAlive(ownerId)).toBe(false);
  other.exec("ROLLBACK");
  expect([one.isAlive(ownerId), two.isAlive(ownerId)]).toEqual([false, false]);
  one.close();
  two.close();
  close();
});
