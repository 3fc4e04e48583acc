import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openOrSalvage } from "../../../src/hosts/process/salvage.ts";
import { exitCode, tellFailure } from "../../../src/hosts/terminal/exit-codes.ts";
import { libraryFailure } from "../../../src/library/ports/failure.ts";

import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { openWorkFolder } from "../../support/catwalk-cli.ts";

test("a damaged library stays as it is until a person says yes", async () => {
  await using work = await openWorkFolder();
  await mkdir(work.home, { recursive: true });
  await writeFile(join(work.home, "library.db"), "no database at all ".repeat(500));
  const told: string[] = [];
  const open = async () => openLibrary(work.home);
  const tell = (lines: readonly string[]) => void told.push(...lines);

  await expect(openOrSalvage(work.home, open, { ask: () => false, tell })).rejects.toMatchObject({
    code: "damaged",
  });
  expect(told).toEqual([]);

  const asked: string[] = [];
  const ask = (offer: string) => asked.push(offer) > 0;
  const library = await openOrSalvage(work.home, open, { ask, tell });
  await library.close();
  expect(asked).toHaveLength(1);
  expect(told.join("\n")).toContain("The damaged files are kept in");
});

test("any other failure is nobody's question", async () => {
  const open = () => Promise.reject(libraryFailure("disk-full"));
  const ask = () => {
    throw new Error("asked");
  };
  await expect(openOrSalvage("/nowhere", open, { ask, tell: () => {} })).rejects.toMatchObject({
    code: "disk-full",
  });
});

test("a salvage that fails ends a command as a data folder that does not open: with 2", async () => {
  await using work = await openWorkFolder();
  await writeFile(work.home, "a file where the folder should be");
  const open = () => Promise.reject(libraryFailure("damaged"));
  const end = openOrSalvage(work.home, open, { ask: () => true, tell: () => {} });
  const error: unknown = await end.catch((reason: unknown) => reason);
  expect(tellFailure(error)).toMatchObject({ exit: exitCode.usage });
});
