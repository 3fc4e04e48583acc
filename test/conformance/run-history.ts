import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LedgerRow } from "../../src/library/ports/ledger.ts";
import type { Library } from "../../src/library/ports/library.ts";
import type { RunBounds, RunPlace, RunQuery, RunTotals } from "../../src/library/ports/run-history.ts";

import type { TestStore } from "./test-store.ts";

export function runHistoryConforms(store: TestStore): void {
  let folder: string;
  let library: Library;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "catwalk-history-"));
    library = await store.open(folder);
  });
  afterEach(async () => {
    await library.close();
    await rm(folder, { recursive: true, force: true });
  });

  const totals: RunTotals = { spentMicrodollars: 40_000, needsYou: 0, outputs: { count: 0, shown: [] } };

  type Past = {
    readonly graphId?: string;
    readonly graphName?: string;
    readonly serverLabel?: string;
    readonly startedAt?: number;
    readonly text?: string;
    readonly graphJson?: string;
    /** Absent: it does not come to rest. */
    readonly status?: string;
    readonly needsYou?: number;
    readonly events?: number;
    readonly ledger?: LedgerRow["state"];
  };

  /** A run of the given past, in this library or another opening of it. */
  async function addRun(runId: string, past: Past = {}, to = library): Promise<void> {
    const { graphId = "graph", graphName = "A graph", serverLabel = "Sandbox", startedAt = 1_000 } = past;
    const { status, needsYou = 0, events = 1 } = past;
    await to.runs.add({
      ...{ runId, graphId, graphName, serverLabel, startedAt, scope: "scope", steps: 1 },
      ...{ graphJson: past.graphJson ?? "{}", planJson: "{}", optionsJson: "{}" },
      searchText: past.text ?? "",
    });
    await to.journal.append(
      Array.from({ length: events }, (_, index) => ({
        ...{ runId, seq: index + 1, at: startedAt, type: "step-phase", json: "{}" },
      })),
      "now",
      {
        ...(status === undefined
          ? {}
          : {
              progress: {
                ...{ runId, status, settledAt: startedAt + 10, done: 1, failed: 0 },
                totals: { ...totals, needsYou },
              },
            }),
        ...(past.ledger === undefined
          ? {}
          : {
              ledger: {
                ...{ runId, stepId: "post", attempt: 1, scope: "scope", platform: "instagram" },
                ...{ accountId: "account", product: "REELS", mediaSha256: "a".repeat(64), caption: "Hello" },
                ...{ paramsJson: "{}", digest: "digest", state: past.ledger, at: startedAt },
                ...{
                  graphId,
                  graphName,
                  nodeId: "post",
                  serverLabel,
                  mediaKind: "video",
                  approvedBy: "person",
                },
              },
            }),
      },
    );
  }

  const find = async (query: Partial<RunQuery> = {}) =>
    (await library.runs.history.find({ limit: 100, ...query })).map(({ row }) => row.runId);

  test("every word of a search has to occur: in graph, server, outcome or the person's own words", async () => {
    await addRun("kite", { graphName: "Über Café", text: "A red KITE\nover the harbour", status: "done" });
    await addRun("boat", { serverLabel: "Live", text: "A boat in the harbour", status: "needs-you" });
    expect((await find({ text: "harbour" })).sort()).toEqual(["boat", "kite"]);
    expect(await find({ text: "kite harbour" })).toEqual(["kite"]);
    expect(await find({ text: "cafe uber" })).toEqual(["kite"]);
    expect(await find({ text: "LIVE" })).toEqual(["boat"]);
    expect(await find({ text: "needs you" })).toEqual(["boat"]);
    expect(await find({ text: "100%" })).toEqual([]);
    expect((await find({ text: "  " })).sort()).toEqual(["boat", "kite"]);
  });

  test("an unfinished run is running while its process lives and interrupted after that, also for a search", async () => {
    const other = await store.open(folder);
    await addRun("theirs", { startedAt: 2_000 }, other);
    await addRun("ours", { startedAt: 1_000 });
    await addRun("done", { status: "done", startedAt: 500 });
    expect(await find({ statuses: ["running"] })).toEqual(["theirs", "ours"]);
    expect(await find({ statuses: ["interrupted"] })).toEqual([]);
    await other.close();
    expect(await find({ statuses: ["running"] })).toEqual(["ours"]);
    expect(await find({ statuses: ["interrupted", "done"] })).toEqual(["theirs", "done"]);
    expect(await find({ text: "interrupted" })).toEqual(["theirs"]);
  });

  test("pages follow each other without a gap or a double, also where many runs began in one millisecond", async () => {
    for (let index = 0; index < 25; index++)
      await addRun(`run-${String(index).padStart(2, "0")}`, {
        startedAt: 1_000 + Math.floor(index / 10),
        graphId: index % 5 === 0 ? "other" : "graph",
        status: "done",
      });
    const pages: string[] = [];
    let after: RunQuery["after"];
    do {
      const page = await library.runs.history.find({ graphId: "graph", limit: 6, after });
      pages.push(...page.map(({ row }) => row.runId));
      after = page.length === 6 ? page.at(-1)?.row : undefined;
    } while (after);
    expect(pages).toEqual(await find({ graphId: "graph" }));
    expect(pages).toHaveLength(20);
    expect(await find({ since: 1_002 })).toHaveLength(5);
  });

  test("a removed run is in no list at once, is erased in steps, and one left half erased is found again", async () => {
    await addRun("big", { events: 25, status: "done", text: "harbour", ledger: "succeeded" });
    await addRun("kept", { status: "done" });
    await library.runs.hide("big");
    expect([
      await find(),
      await find({ text: "harbour" }),
      (await library.runs.history.find({ limit: 9 })).length,
    ]).toEqual([["kept"], [], 1]);
    expect(await library.runs.get("big")).toBeUndefined();
    expect(await library.runs.claim("big")).toEqual({ ok: false, why: "missing" });
    expect(await library.runs.erase("big", 10)).toBe(true);
    const late = { runId: "big", seq: 26, at: 1, type: "create-intended", json: "{}" };
    await expect(library.journal.append([late], "now")).rejects.toThrow("The run was removed.");

    await library.close();
    library = await store.open(folder);
    expect(await library.runs.hidden(9)).toEqual(["big"]);
    expect(await library.journal.read("big")).toHaveLength(15);
    for (const isMore of [true, false, false]) expect(await library.runs.erase("big", 10)).toBe(isMore);
    expect([await library.journal.read("big"), await library.runs.hidden(9)]).toEqual([[], []]);
    expect(await library.ledger.list({ limit: 10 })).toHaveLength(1);
    expect(await library.journal.read("kept")).toHaveLength(1);
    // A run that is not hidden is never erased, not even a part of it.
    expect(await library.runs.erase("kept", 10)).toBe(false);
    expect(await find()).toEqual(["kept"]);
    expect(await library.journal.read("kept")).toHaveLength(1);
  });

  test("outside the bounds are only runs that wait for no person, however few are looked at in one go", async () => {
    const other = await store.open(folder);
    await addRun("interrupted", { startedAt: 1 }, other);
    await other.close();
    await addRun("running", { startedAt: 2 });
    await addRun("waiting", { startedAt: 3, status: "needs-you", needsYou: 1 });
    await addRun("failed and waiting", { startedAt: 4, status: "failed", needsYou: 1 });
    await addRun("post in doubt", { startedAt: 5, status: "cancelled", ledger: "in-doubt" });
    await addRun("posted", { startedAt: 6, status: "done", ledger: "succeeded" });
    await addRun("failed", { startedAt: 7, status: "failed" });
    await addRun("young", { startedAt: 1_000, status: "done" });
    const { history } = library.runs;
    const outside = async (bounds: RunBounds, looksAt = 100) => {
      const found: string[] = [];
      let after: RunPlace | undefined;
      do {
        const { runs, next } = await history.outside({ ...bounds, after, looksAt });
        found.push(...runs.map(({ runId }) => runId));
        after = next;
      } while (after);
      return found;
    };
    const newest = async (count: number) => ({ olderThan: (await history.newest(count))?.place });
    expect(await outside({ restedBefore: 500 })).toEqual(["posted", "failed"]);
    // Every run counts for the number that is kept, but only these may go.
    expect(await outside(await newest(2))).toEqual(["posted"]);
    expect(await outside(await newest(8))).toEqual([]);
    expect(await outside(await newest(9))).toEqual([]);
    expect(await outside({ restedBefore: 500, ...(await newest(1)) }, 1)).toEqual(["posted", "failed"]);
    expect(await outside({ restedBefore: 5_000, ...(await newest(2)) }, 3)).toEqual([
      "posted",
      "failed",
      "young",
    ]);
    expect(await history.outsideAmong(await newest(2), ["failed", "posted", "waiting", "none"])).toEqual([
      { runId: "posted", needsYou: 0 },
    ]);
    expect(await outside({})).toEqual([]);
  });
}
