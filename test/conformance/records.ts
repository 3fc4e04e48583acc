import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JournalRow } from "../../src/library/ports/journal.ts";
import type { LedgerRow } from "../../src/library/ports/ledger.ts";
import type { Library } from "../../src/library/ports/library.ts";
import type { MediaFacts } from "../../src/library/ports/media.ts";

import type { TestStore } from "./test-store.ts";

export function recordsConform(store: TestStore): void {
  let folder: string;
  const opened: Library[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "catwalk-library-"));
  });
  afterEach(async () => {
    for (const library of opened.splice(0)) await library.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(): Promise<Library> {
    const library = await store.open(folder);
    opened.push(library);
    return library;
  }

  async function close(library: Library): Promise<void> {
    opened.splice(opened.indexOf(library), 1);
    await library.close();
  }

  async function addRun(library: Library, runId: string, graphId = "graph"): Promise<void> {
    await library.runs.add({
      runId,
      graphId,
      graphName: "A graph",
      scope: "scope",
      serverLabel: "Sandbox",
      startedAt: 1_000,
      steps: 2,
      graphJson: '{"g":1}',
      planJson: '{"p":1}',
      optionsJson: "{}",
    });
  }

  const event = (runId: string, seq: number, type = "step-phase"): JournalRow => ({
    runId,
    seq,
    at: seq,
    type,
    json: JSON.stringify({ seq }),
  });

  const post: LedgerRow = {
    runId: "run",
    stepId: "publish",
    attempt: 1,
    scope: "scope",
    platform: "instagram",
    accountId: "account",
    product: "REELS",
    mediaSha256: "a".repeat(64),
    caption: "Hello",
    paramsJson: "{}",
    digest: "digest",
    graphId: "graph",
    graphName: "A graph",
    nodeId: "publish",
    serverLabel: "Sandbox",
    mediaKind: "video",
    approvedBy: "person",
    state: "intended",
    at: 5_000,
  };

  test("A journal read in another opening is what was written, in order, whatever the durability", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ size: fc.integer({ min: 1, max: 4 }), now: fc.boolean(), wait: fc.boolean() }), {
          maxLength: 30,
        }),
        async (appends) => {
          const writer = await open();
          const runId = crypto.randomUUID();
          await addRun(writer, runId);
          const written: Promise<void>[] = [];
          let seq = 0;
          for (const { size, now, wait } of appends) {
            const rows = Array.from({ length: size }, () => event(runId, ++seq));
            written.push(writer.journal.append(rows, now ? "now" : "soon"));
            if (wait) await written.at(-1);
          }
          await Promise.all(written);
          const reader = await open();
          expect((await reader.journal.read(runId)).map((row) => row.seq)).toEqual(
            Array.from({ length: seq }, (_, index) => index + 1),
          );
          await close(reader);
          await close(writer);
        },
      ),
      { numRuns: 15 },
    );
  });

  test("The journal is read a page at a time", async () => {
    const library = await open();
    await addRun(library, "run");
    await library.journal.append(
      [1, 2, 3, 4, 5].map((seq) => event("run", seq)),
      "now",
    );
    expect((await library.journal.read("run", { afterSeq: 1, limit: 2 })).map((row) => row.seq)).toEqual([
      2, 3,
    ]);
  });

  test("An event that would leave a gap is refused", async () => {
    const library = await open();
    await addRun(library, "run");
    await library.journal.append([event("run", 1)], "now");
    await expect(library.journal.append([event("run", 3)], "now")).rejects.toThrow("does not follow");
  });

  test("Closing commits the events that still waited", async () => {
    const library = await open();
    await addRun(library, "run");
    const written = library.journal.append([event("run", 1)], "soon");
    await close(library);
    await written;
    expect(await (await open()).journal.read("run")).toHaveLength(1);
  });

  test("A ledger row and a run's progress are written with the events they come with, or not at all", async () => {
    const library = await open();
    await addRun(library, "run");
    const progress = { runId: "run", status: "done", settledAt: 9, done: 2, failed: 0 };
    await library.journal.append([event("run", 1)], "now", { ledger: post, progress });
    expect(await library.ledger.list({ limit: 10 })).toEqual([post]);
    expect(await library.runs.get("run")).toMatchObject({ status: "done", settledAt: 9, done: 2 });

    // A run that is not there makes the events fail, and the ledger row with them.
    await expect(
      library.journal.append([event("nobody", 1)], "now", { ledger: { ...post, attempt: 2 } }),
    ).rejects.toThrow();
    expect(await library.ledger.list({ limit: 10 })).toEqual([post]);
  });

  test("The ledger tells when a post last went or may have gone, whatever its caption, and only in its scope", async () => {
    const library = await open();
    await addRun(library, "run");
    const write = (row: LedgerRow, seq: number) =>
      library.journal.append([event("run", seq)], "now", { ledger: row });
    const last = async (other: Partial<LedgerRow> = {}) =>
      (await library.ledger.history({ ...post, ...other })).lastSentAt;

    await write({ ...post, state: "refused" }, 1);
    expect(await last()).toBeUndefined();
    await write({ ...post, attempt: 2, state: "in-doubt", caption: "Other", at: 6_000 }, 2);
    expect(await last()).toBe(6_000);
    await write({ ...post, attempt: 3, state: "succeeded", jobId: "job", at: 7_000 }, 3);
    expect(await last()).toBe(7_000);
    expect(await last({ scope: "another" })).toBeUndefined();
    expect(await last({ product: "STORIES" })).toBeUndefined();
  });

  test("A person's word is kept whatever is written later, and counts only where the server gave none", async () => {
    const library = await open();
    await addRun(library, "run");
    let seq = 0;
    const write = (row: Partial<LedgerRow>) =>
      library.journal.append([event("run", ++seq)], "now", { ledger: { ...post, ...row } });
    const history = () => library.ledger.history(post);

    await write({ state: "in-doubt" });
    expect(await history()).toMatchObject({
      lastSentAt: 5_000,
      unsettled: [{ attempt: 1, state: "in-doubt" }],
    });
    const settlement = { as: "not-sent", by: "person", at: 9 } as const;
    expect(await library.ledger.settle(post, settlement)).toBe(true);
    expect(await library.ledger.settle(post, { ...settlement, as: "sent" })).toBe(false);
    expect(await history()).toEqual({ unsettled: [] });

    await write({ state: "unknown" });
    expect(await library.ledger.get(post)).toMatchObject({ state: "unknown", settled: settlement });
    expect(await history()).toEqual({ unsettled: [] });
    // The server says after all that it took it.
    await write({ state: "sent", jobId: "job" });
    expect(await history()).toEqual({ lastSentAt: 5_000, unsettled: [] });
    expect(await library.ledger.settle(post, settlement)).toBe(false);
    expect(await library.ledger.hasJob("scope", "job")).toBe(true);
    expect(await library.ledger.hasJob("another", "job")).toBe(false);
  });

  test("The same media is known by its hash and by every id it had on the server", async () => {
    const library = await open();
    await addRun(library, "run");
    await library.journal.append([event("run", 1)], "now", { ledger: { ...post, mediaSha256: "id:m-1" } });
    const { scope, mediaSha256: sha256 } = post;
    expect((await library.ledger.history(post)).lastSentAt).toBeUndefined();
    expect(await library.ledger.namesOf(scope, "id:m-1")).toEqual(["id:m-1"]);
    for (const [at, mediaId] of ["m-1", "m-0"].entries())
      await library.media.addRemote({ scope, mediaId, sha256, at });
    expect((await library.ledger.history(post)).lastSentAt).toBe(5_000);
    for (const name of [sha256, "id:m-0", "id:m-1"])
      expect(await library.ledger.namesOf(scope, name)).toEqual([sha256, "id:m-0", "id:m-1"]);
    expect(await library.ledger.namesOf("another", "id:m-1")).toEqual(["id:m-1"]);
  });

  test("Posts are found by words of caption, account and graph, by what became of them, and in pages", async () => {
    const library = await open();
    await addRun(library, "run");
    for (let attempt = 1; attempt <= 25; attempt++)
      await library.journal.append([event("run", attempt)], "now", {
        ledger: {
          ...{ ...post, attempt, at: 1_000 + Math.floor(attempt / 3) },
          caption: attempt === 7 ? "ÜBER 100 % neu_" : `Number ${attempt}`,
          accountName: attempt % 2 ? "odd.cat" : "even.cat",
          state: attempt === 3 ? "in-doubt" : attempt === 4 ? "refused" : "succeeded",
        },
      });
    const found = async (filter: Parameters<typeof library.ledger.count>[0]) => {
      const rows = await library.ledger.list({ ...filter, limit: 100 });
      expect(await library.ledger.count(filter)).toBe(rows.length);
      return rows.map(({ attempt }) => attempt);
    };
    expect(await found({ search: "über NEU_" })).toEqual([7]);
    expect(await found({ search: "100 %" })).toEqual([7]);
    expect(await found({ search: "%" })).toEqual([7]);
    expect(await found({ search: "graph" })).toHaveLength(25);
    expect(await found({ search: "even.cat 2" })).toEqual(expect.arrayContaining([2, 12, 20, 22, 24]));
    expect(await found({ standing: "open" })).toEqual([3]);
    expect(await found({ standing: "not-posted" })).toEqual([4]);
    expect(await found({ standing: "posted", accountId: "account", platform: "instagram" })).toHaveLength(23);
    expect(await found({ platform: "tiktok" })).toEqual([]);
    expect(await library.ledger.accounts()).toEqual([
      { platform: "instagram", accountId: "account", accountName: "odd.cat" },
    ]);

    const paged: LedgerRow[] = [];
    for (;;) {
      const after = paged.at(-1);
      const page = await library.ledger.list({ limit: 4, ...(after ? { after } : {}) });
      paged.push(...page);
      if (page.length < 4) break;
    }
    expect(paged).toEqual(await library.ledger.list({ limit: 100 }));
    expect(new Set(paged.map(({ attempt }) => attempt)).size).toBe(25);
    expect(paged.map(({ at }) => at)).toEqual([...paged.map(({ at }) => at)].sort((a, b) => b - a));
  });

  test("A post is held by one at a time, across openings, until it is let go or its process is gone", async () => {
    const first = await open();
    const second = await open();
    expect(await first.ledger.tryHold("post")).toBe(true);
    expect(await first.ledger.tryHold("post")).toBe(false);
    expect(await second.ledger.tryHold("post")).toBe(false);
    expect(await second.ledger.tryHold("another")).toBe(true);
    await second.ledger.letGo("post");
    expect(await second.ledger.tryHold("post")).toBe(false);
    await first.ledger.letGo("post");
    expect(await second.ledger.tryHold("post")).toBe(true);
    await close(second);
    expect(await first.ledger.tryHold("post")).toBe(true);
  });

  test("An unfinished run is held by its process while it lives and by nobody after it closed", async () => {
    const first = await open();
    const second = await open();
    await addRun(first, "run");
    const run = async () => {
      const row = await second.runs.get("run");
      if (!row) throw new Error("The run is gone.");
      return row;
    };
    expect(await first.runs.holder(await run())).toBe("this-process");
    expect(await second.runs.holder(await run())).toBe("another-process");
    expect(await second.runs.pidOf(await run())).toBe(process.pid);
    await close(first);
    expect(await second.runs.holder(await run())).toBe("nobody");
  });

  test("Of two openings that claim a run one gets it, the other is told its process, and each claim counts", async () => {
    const first = await open();
    await addRun(first, "run");
    const second = await open();
    expect(await second.runs.claim("run")).toEqual({ ok: false, why: "held", pid: process.pid });
    expect(await second.runs.claim("none")).toEqual({ ok: false, why: "missing" });
    await close(first);
    const third = await open();
    expect(await second.runs.claim("run")).toEqual({ ok: true });
    expect(await third.runs.claim("run")).toEqual({ ok: false, why: "held", pid: process.pid });
    await close(second);
    expect(await third.runs.claim("run")).toEqual({ ok: true });
    expect(await third.runs.get("run")).toMatchObject({ resumes: 2 });
    await third.runs.survived("run");
    expect(await third.runs.get("run")).toMatchObject({ resumes: 0 });
  });

  test("Runs are listed newest first, by graph, and removing one takes its journal but not the ledger", async () => {
    const library = await open();
    await addRun(library, "one", "graph-1");
    await addRun(library, "two", "graph-2");
    await library.journal.append([event("one", 1)], "now", { ledger: { ...post, runId: "one" } });
    expect(await library.runs.history.find({ limit: 10 })).toHaveLength(2);
    expect(await library.runs.history.find({ graphId: "graph-1", limit: 10 })).toMatchObject([
      { row: { runId: "one" } },
    ]);
    expect(await library.runs.source("one")).toEqual({
      graphJson: '{"g":1}',
      planJson: '{"p":1}',
      optionsJson: "{}",
    });
    await library.runs.remove("one");
    expect(await library.journal.read("one")).toEqual([]);
    expect(await library.ledger.list({ limit: 10 })).toHaveLength(1);
  });

  const facts = (sha256: string): MediaFacts => ({
    ...{ sha256, kind: "image", mimeType: "image/png", sizeBytes: 5 },
  });

  test("Media made by a sandbox is known as such through everything made from it, however it came in", async () => {
    const { media } = await open();
    await media.add(facts("made"), { kind: "sandbox", scope: "sandbox-1" }, 1);
    await media.add(facts("cut"), { kind: "render", madeFrom: ["made", "own"] }, 2);
    await media.add(facts("cut-again"), { kind: "render", madeFrom: ["cut"] }, 3);
    await media.add(facts("own"), { kind: "person" }, 4);
    await media.add(facts("made"), { kind: "person" }, 5);
    expect(await media.sandboxMakers("cut-again")).toEqual([["sandbox-1"]]);
    expect(await media.sandboxMakers("made")).toEqual([["sandbox-1"]]);
    expect(await media.sandboxMakers("own")).toEqual([]);
  });

  test("Ids on a server are known in their scope alone", async () => {
    const { media } = await open();
    await media.addRemote({ scope: "one", mediaId: "id-1", sha256: "bytes", at: 1 });
    await media.addRemote({ scope: "one", mediaId: "id-2", sha256: "bytes", at: 2 });
    expect(await media.remoteIdOf("one", "bytes")).toBe("id-2");
    expect(await media.sha256Of("one", "id-1")).toBe("bytes");
    expect(await media.remoteIdOf("two", "bytes")).toBeUndefined();
    expect(await media.sha256Of("two", "id-1")).toBeUndefined();
  });

  test("What was edited from an older revision is never kept over a newer one", async () => {
    const { documents } = await open();
    const keep = (json: string, base: number) =>
      documents.keep({ id: "doc", json, base, changedAt: 10 }, (a, b) => a.trim() === b.trim());
    const first = await keep("new", 0);
    expect(first).toMatchObject({ isKept: true, row: { json: "new" } });
    const { revision = 0 } = first.row ?? {};
    expect(await keep("newer", revision)).toMatchObject({ isKept: true, row: { revision: revision + 1 } });
    for (const base of [0, revision, revision + 2])
      expect(await keep("old", base)).toMatchObject({
        isKept: false,
        row: { json: "newer", revision: revision + 1 },
      });
    // The same work in another form is no revision of its own.
    expect(await keep(" newer ", revision + 1)).toMatchObject({
      isKept: true,
      row: { json: " newer ", revision: revision + 1 },
    });
    await documents.remove("doc");
    expect(await keep("late", revision + 1)).toEqual({ isKept: false });
  });

  test("A saved state has its file, and what was kept since stays", async () => {
    const { documents } = await open();
    const isSame = (a: string, b: string) => a === b;
    const put = await documents.put({ id: "doc", json: "one", savedAt: 12, filePath: "/a" }, isSame);
    expect(put).toMatchObject({ json: "one", savedJson: "one", filePath: "/a" });
    await documents.keep({ id: "doc", json: "two", base: put.revision, changedAt: 13 }, isSame);
    expect(await documents.markSaved({ id: "doc", savedJson: "one", savedAt: 14 })).toMatchObject({
      ...{ json: "two", savedJson: "one", savedAt: 14, revision: put.revision + 1, filePath: "/a" },
    });
    expect(await documents.put({ id: "doc", json: "three", savedAt: 15 }, isSame)).toMatchObject({
      ...{ revision: put.revision + 2, filePath: "/a" },
    });
    await documents.remove("doc");
    expect(await documents.markSaved({ id: "doc", savedJson: "one", savedAt: 16 })).toBeUndefined();
  });

  test("Settings keep JSON by name, and an absent value removes one", async () => {
    const { settings } = await open();
    await settings.set("window", "theme", { dark: true });
    await settings.set("studio", "theme", 1);
    expect(await settings.all("window")).toEqual({ theme: { dark: true } });
    await settings.set("window", "theme", undefined);
    expect(await settings.all("window")).toEqual({});
    expect(await settings.get("studio", "theme")).toBe(1);
  });

  test("Durations come back oldest first, the last so many, of their own scope and class alone", async () => {
    const library = await open();
    const add = (scope: string, model: string, at: number) =>
      library.durations.add({
        scope,
        kind: "inference",
        model,
        afterMs: at * 1000,
        byMs: at * 1000 + 500,
        at,
      });
    for (let at = 1; at <= 5; at++) await add("here", "one", at);
    await add("there", "one", 6);
    await add("here", "another", 7);
    await close(library);
    const recent = await (await open()).durations.recent(
      { scope: "here", kind: "inference", model: "one" },
      3,
    );
    expect(recent.map(({ afterMs, byMs }) => [afterMs, byMs])).toEqual([
      [3000, 3500],
      [4000, 4500],
      [5000, 5500],
    ]);
  });
}
