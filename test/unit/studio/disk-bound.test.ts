import { randomUUID } from "node:crypto";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LedgerRow } from "../../../src/library/ports/ledger.ts";
import type { Library } from "../../../src/library/ports/library.ts";
import type { MediaOrigin } from "../../../src/library/ports/media.ts";
import type { TakeRow } from "../../../src/library/ports/takes.ts";

import { openLibrary } from "../../../src/library/sqlite/library.ts";

import { createDiskBound, type DiskBound } from "../../../src/studio/media/disk-bound.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

const MB = 1_000_000;
const DAY_MS = 24 * 3_600_000;
const clock = createVirtualClock();
let home: string;
let library: Library;
let disk: DiskBound;
let told = 0;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "catwalk-disk-"));
  library = await openLibrary(home);
  disk = createDiskBound({ library, clock, onFreed: () => told++ });
});
afterEach(async () => {
  await disk.close();
  await library.close();
  await rm(home, { recursive: true, force: true });
});

/** Media of so many megabytes. */
async function media(origin: MediaOrigin, megabytes = 30): Promise<string> {
  const bytes = Buffer.alloc(megabytes * MB, randomUUID());
  async function* once() {
    yield bytes;
  }
  const { sha256, sizeBytes } = await library.files.take(once());
  await library.media.add({ sha256, kind: "image", mimeType: "image/png", sizeBytes }, origin, clock.now());
  return sha256;
}

let runs = 0;
const totals = { spentMicrodollars: 0, needsYou: 0, outputs: { count: 0, shown: [] } };
/** A finished run, unless told otherwise, that made these. */
async function made(take: {
  readonly of: string;
  readonly from: readonly string[];
  readonly paid?: boolean;
  readonly daysAgo?: number;
  readonly settled?: boolean;
}): Promise<void> {
  const runId = `run-${runs++}`;
  const at = clock.now() - (take.daysAgo ?? 2) * DAY_MS;
  await library.runs.add({
    ...{ runId, status: "running", graphId: "graph", graphName: "A graph", scope: "scope" },
    ...{
      serverLabel: "Sandbox",
      startedAt: at,
      steps: 1,
      graphJson: "{}",
      planJson: "{}",
      optionsJson: "{}",
    },
    searchText: "",
  });
  const row: TakeRow = {
    ...{
      takeId: runId,
      key: runId,
      number: 1,
      scope: "",
      runId,
      stepId: "n",
      graphId: "graph",
      nodeId: runId,
    },
    ...{ itemPath: "[]", nodeType: "edit", title: "Edit", startedAt: at, madeAt: at },
    paid: take.paid ? 1 : 0,
    recipeJson: JSON.stringify({
      ...{ type: "edit", params: {} },
      inputs: take.from.map((sha256) => ({ portId: "in", sha256 })),
    }),
    outputsJson: JSON.stringify([
      { portId: "out", value: { type: "media", kind: "image", sha256: take.of } },
    ]),
  };
  await library.journal.append([{ runId, seq: 1, at, type: "step-succeeded", json: "{}" }], "now", {
    takes: [{ kind: "made", row }],
    ...(take.settled === false
      ? {}
      : { progress: { runId, status: "done", settledAt: at, done: 1, failed: 0, totals } }),
  });
}

const isThere = (sha256: string) => library.files.has(sha256);
const render = (...madeFrom: string[]) => media({ kind: "render", madeFrom });

test("above the bound go previews and the oldest renders that can be made again, and nothing else", async () => {
  const photo = await media({ kind: "person" });
  const paid = await media({ kind: "server", scope: "scope" });
  await made({ of: paid, from: [photo], paid: true });
  const [old, newer, today] = [await render(photo), await render(paid), await render(photo)];
  await made({ of: old, from: [photo], daysAgo: 9 });
  await made({ of: newer, from: [paid], daysAgo: 3 });
  await made({ of: today, from: [photo], daysAgo: 0 });
  const poster = await library.files.cachePath("posters", photo, "jpg");
  await writeFile(poster, Buffer.alloc(MB));
  expect(await disk.state()).toEqual({
    limitBytes: 20_000 * MB,
    usedBytes: 151 * MB,
    freeableBytes: 91 * MB,
  });

  expect(await disk.setLimit(125 * MB)).toMatchObject({ limitBytes: 125 * MB, usedBytes: 90 * MB });
  expect([await isThere(old), await isThere(newer), await isThere(today)]).toEqual([false, false, true]);
  await expect(access(poster)).rejects.toThrow();
  expect(told).toBeGreaterThan(0);
  // What is left is the person's, was paid for, or is of today: it stays whatever the bound.
  await disk.setLimit(100 * MB);
  await disk.setLimit(100 * MB);
  expect([await isThere(photo), await isThere(paid), await isThere(today)]).toEqual([true, true, true]);
  // By hand what is of today goes, too.
  expect(await disk.freeUp()).toEqual({ freedBytes: 30 * MB, files: 1 });
  expect([await isThere(photo), await isThere(paid), await isThere(today)]).toEqual([true, true, false]);
});

test("a render stays that something paid was made from, that was posted, that a document or an unfinished run names, or whose source is gone", async () => {
  const photo = await media({ kind: "person" }, 1);
  const keeps = {
    paidFor: await render(photo),
    posted: await render(photo),
    named: await render(photo),
    running: await render(photo),
    orphan: await render("f".repeat(64)),
    both: await render(photo),
  };
  for (const [name, sha256] of Object.entries(keeps))
    await made({
      ...{ of: sha256, from: name === "orphan" ? ["f".repeat(64)] : [photo] },
      ...(name === "running" ? { settled: false } : {}),
    });
  const paid = await media({ kind: "server", scope: "scope" }, 1);
  await made({ of: paid, from: [keeps.paidFor], paid: true });
  await library.media.add(
    { sha256: keeps.both, kind: "image", mimeType: "image/png", sizeBytes: 30 * MB },
    { kind: "person" },
    1,
  );
  await library.documents.keep(
    { id: "d", json: JSON.stringify({ file: keeps.named }), base: 0, changedAt: 1 },
    () => false,
  );
  const runId = `run-${runs - 1}`;
  const sent: LedgerRow = {
    ...{ runId, stepId: "post", attempt: 1, scope: "scope", platform: "instagram", accountId: "a" },
    ...{ product: "IMAGE", mediaSha256: keeps.posted, mediaKind: "image", caption: "", paramsJson: "{}" },
    ...{ digest: "d", graphId: "graph", graphName: "A graph", nodeId: "post", serverLabel: "Live" },
    ...{ approvedBy: "person", state: "sent", at: 1 },
  };
  await library.journal.append([{ runId, seq: 2, at: 1, type: "job-accepted", json: "{}" }], "now", {
    ledger: sent,
  });
  expect(await disk.freeUp()).toMatchObject({ files: 0 });
  for (const sha256 of Object.values(keeps)) expect(await isThere(sha256)).toBe(true);
});

test("of a chain of renders all go whose first source is there, and a render is made from one that went", async () => {
  const photo = await media({ kind: "person" }, 1);
  const first = await render(photo);
  const second = await render(first);
  await made({ of: first, from: [photo], daysAgo: 5 });
  await made({ of: second, from: [first], daysAgo: 4 });
  expect(await disk.freeUp()).toEqual({ freedBytes: 60 * MB, files: 2 });
  expect(await disk.state()).toMatchObject({ usedBytes: MB, freeableBytes: 0 });
});

test("the bound is looked at after the start, after runs, and in between", async () => {
  const photo = await media({ kind: "person" }, 1);
  await library.settings.set("studio", "diskLimitBytes", 100 * MB);
  const old: string[] = [];
  for (let nth = 0; nth < 5; nth++) {
    const sha256 = await render(photo);
    await made({ of: sha256, from: [photo], daysAgo: 9 - nth });
    old.push(sha256);
  }
  await clock.advance(31_000);
  await expect.poll(async () => await isThere(old[0] ?? "")).toBe(false);
  expect(await isThere(old[4] ?? "")).toBe(true);
});

test("a process that ends before the next look keeps within the bound, where media may have come", async () => {
  const photo = await media({ kind: "person" }, 90);
  const old = await render(photo);
  await made({ of: old, from: [photo], daysAgo: 9 });
  await library.settings.set("studio", "diskLimitBytes", 100 * MB);
  await createDiskBound({ library, clock, onFreed: () => undefined }).close();
  expect(await isThere(old)).toBe(true);
  disk.lookSoon();
  await disk.close();
  expect([await isThere(old), await isThere(photo)]).toEqual([false, true]);
});
