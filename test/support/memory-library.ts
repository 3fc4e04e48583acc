import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createMediaFiles } from "../../src/library/files/media-files.ts";
import type { DocumentRow, Documents } from "../../src/library/ports/documents.ts";
import type { JobDurations } from "../../src/library/ports/durations.ts";
import {
  type Gallery,
  type GalleryRow,
  galleryRowSchema,
  type ResultNote,
  type ResultPlace,
  TEXT_SHOWN,
} from "../../src/library/ports/gallery.ts";
import type { Journal, JournalRow } from "../../src/library/ports/journal.ts";
import {
  type LedgerFilter,
  type LedgerPlace,
  type LedgerRow,
  type LedgerRowId,
  type LedgerSlice,
  type LedgerStatus,
  type LedgerTable,
  ledgerRowSchema,
  type PostKey,
} from "../../src/library/ports/ledger.ts";
import type { Library } from "../../src/library/ports/library.ts";
import type { MediaFacts, MediaOrigin, MediaTable } from "../../src/library/ports/media.ts";
import type { RenderTable } from "../../src/library/ports/renders.ts";
import type { RunBounds, RunHistory, RunPlace, RunTotals } from "../../src/library/ports/run-history.ts";
import type { RunProgress, RunRow, RunTable } from "../../src/library/ports/runs.ts";
import { foldText, searchWords } from "../../src/library/ports/search-text.ts";
import type { Settings } from "../../src/library/ports/settings.ts";
import type { TakeRow, TakeRowChange, TakeTable } from "../../src/library/ports/takes.ts";

type Run = {
  row: RunRow;
  readonly source: { readonly graphJson: string; readonly planJson: string; readonly optionsJson: string };
  readonly text: string;
  totals?: RunTotals;
};
type TakeNumber = {
  readonly number: number;
  readonly runId: string;
  readonly stepId: string;
  ownerId: string;
  open: boolean;
  sent: boolean;
  outJson?: string | undefined;
};
type Use = { graphId: string; nodeId: string; itemPath: string; takeId: string; at: number };
type Result = ResultNote & { readonly resultId: number; readonly text: string };
type Medium = { readonly facts: MediaFacts; readonly addedAt: number };

/** What the openings of one folder share. */
function emptyWorld() {
  return {
    alive: new Set<string>(),
    runs: new Map<string, Run>(),
    journal: new Map<string, JournalRow[]>(),
    ledger: new Map<string, LedgerRow>(),
    holds: new Map<string, string>(),
    takes: new Map<string, TakeRow>(),
    uses: [] as Use[],
    numbers: new Map<string, TakeNumber[]>(),
    results: [] as Result[],
    resultIds: 0,
    media: new Map<string, Medium>(),
    origins: [] as { sha256: string; origin: string; scope: string }[],
    madeFrom: [] as { sha256: string; source: string }[],
    remote: [] as { scope: string; mediaId: string; sha256: string; at: number }[],
    documents: new Map<string, DocumentRow>(),
    settings: new Map<string, Map<string, string>>(),
    durations: [] as Parameters<JobDurations["add"]>[0][],
  };
}
type World = ReturnType<typeof emptyWorld>;
type Owner = { readonly id: string; isAlive(id: string): boolean };

const worlds = new Map<string, World>();

/**
 * A library that keeps its records in this process's memory, by folder; only bytes of media are files. Each opening
 * counts as a process of its own, and every answer comes a turn later.
 */
export async function openMemoryLibrary(folder: string): Promise<Library> {
  const world = worlds.get(folder) ?? emptyWorld();
  worlds.set(folder, world);
  const id = randomUUID();
  world.alive.add(id);
  const owner: Owner = { id, isAlive: (other) => world.alive.has(other) };
  const runs = runTable(world, owner);
  return {
    folder,
    runs: { ...later(runs.table), history: later(runs.history) },
    journal: later(journal(world, owner)),
    ledger: later(ledgerTable(world, owner)),
    takes: later(takeTable(world, owner)),
    renders: later(renderTable(world)),
    gallery: later(gallery(world)),
    media: later(mediaTable(world)),
    files: createMediaFiles(folder),
    documents: later(documents(world)),
    settings: later(settings(world)),
    durations: later(durations(world)),
    caughtUp: async () => {},
    close: async () => void world.alive.delete(id),
  };
}

type Now<Port> = {
  readonly [Name in keyof Port]: Port[Name] extends (...args: infer Args) => Promise<infer Answer>
    ? (...args: Args) => Answer
    : never;
};

/** Takes effect at the call; tells of it later. */
function later<Port>(table: Now<Port>): Port {
  const entries = Object.entries(table as Record<string, (...args: unknown[]) => unknown>).map(
    ([name, act]) => [
      name,
      async (...args: unknown[]) => {
        try {
          return ownCopy(act(...args));
        } finally {
          await nextTurn();
        }
      },
    ],
  );
  return Object.fromEntries(entries) as Port; // each method answers as `Port` has it, later
}

/** Nobody outside may change what is kept. */
function ownCopy<Value>(value: Value): Value {
  return value === undefined ? value : structuredClone(value);
}

// ── Order ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Compares by each part in turn; a part that goes down is wrapped in `down`. */
type Part = string | number | { readonly down: string | number };
const down = (value: string | number) => ({ down: value });

function by<Row>(parts: (row: Row) => readonly Part[]) {
  return (a: Row, b: Row): number => {
    const others = parts(b);
    for (const [at, part] of parts(a).entries()) {
      const other = others[at] ?? "";
      const [one, two, sign] =
        typeof part === "object" && typeof other === "object"
          ? [part.down, other.down, -1]
          : [part, other, 1];
      if (one < two) return -sign;
      if (one > two) return sign;
    }
    return 0;
  };
}

/** The part of a sorted list after one place and up to another. */
function slice<Row extends Place, Place>(
  rows: readonly Row[],
  order: (a: Place, b: Place) => number,
  { after, until }: { readonly after?: Place | undefined; readonly until?: Place | undefined },
): Row[] {
  return [...rows]
    .sort(order)
    .filter((row) => (!after || order(row, after) > 0) && (!until || order(row, until) <= 0));
}

// ── Runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const atRest = new Set(["done", "failed", "cancelled", "needs-you"]);
const over = new Set(["done", "failed", "cancelled"]);
const newestRun = by<RunPlace>(({ startedAt, runId }) => [down(startedAt), down(runId)]);

function advance(world: World, { runId, status, settledAt, done, failed, totals }: RunProgress): void {
  const run = world.runs.get(runId);
  if (!run || run.row.status === "deleted") return;
  const { settledAt: _before, ...row } = run.row;
  run.row = { ...row, status, done, failed, ...(settledAt === undefined ? {} : { settledAt }) };
  if (totals) run.totals = totals;
}

function runTable(
  world: World,
  owner: Owner,
): { table: Now<Omit<RunTable, "history">>; history: Now<RunHistory> } {
  const { runs } = world;
  const known = (runId: string) => {
    const run = runs.get(runId);
    return run?.row.status === "deleted" ? undefined : run;
  };
  const change = (runId: string, part: Partial<RunRow>) => {
    const run = runs.get(runId);
    if (run) run.row = { ...run.row, ...part };
  };
  const erase = (runId: string, events: number) => {
    if (runs.get(runId)?.row.status !== "deleted") return false;
    if ((world.journal.get(runId) ?? []).splice(0, events).length === events) return true;
    runs.delete(runId);
    world.journal.delete(runId);
    return false;
  };
  const shown = ({ status, ownerId }: RunRow) =>
    atRest.has(status) || owner.isAlive(ownerId) ? status : "interrupted";
  const foundOf = ({ row, totals }: Run) => ({ row, ...(totals ? { totals } : {}) });
  const listed = () => [...runs.values()].filter(({ row }) => row.status !== "deleted");
  const isOutside = ({ row, totals }: Run, { restedBefore, olderThan }: RunBounds) =>
    over.has(row.status) &&
    ((restedBefore !== undefined && (row.settledAt ?? row.startedAt) < restedBefore) ||
      (olderThan !== undefined && newestRun(row, olderThan) > 0)) &&
    (totals?.needsYou ?? 0) === 0 &&
    ![...world.ledger.values()].some(
      (post) =>
        post.runId === row.runId &&
        !post.settled &&
        !["refused", "not-sent", "succeeded", "failed"].includes(post.state),
    );
  const outsideOf = ({ row: { runId }, totals }: Run) => ({
    runId,
    ...(totals ? { needsYou: totals.needsYou } : {}),
  });
  const oldest = (a: Run, b: Run) => -newestRun(a.row, b.row);

  return {
    table: {
      add({ graphJson, planJson, optionsJson, searchText = "", status = "running", ...run }) {
        if (runs.has(run.runId)) throw new Error("There is such a run.");
        runs.set(run.runId, {
          row: { ...run, status, ownerId: owner.id, done: 0, failed: 0, resumes: 0 },
          source: { graphJson, planJson, optionsJson },
          text: foldText(`${run.graphName} ${run.serverLabel} ${searchText}`),
        });
      },
      begin: (runId, startedAt) => change(runId, { status: "running", startedAt }),
      claim(runId) {
        const run = known(runId);
        if (!run) return { ok: false, why: "missing" };
        const { ownerId, resumes } = run.row;
        if (ownerId !== owner.id && owner.isAlive(ownerId))
          return { ok: false, why: "held", pid: process.pid };
        change(runId, { ownerId: owner.id, resumes: resumes + 1 });
        return { ok: true };
      },
      survived(runId) {
        if (runs.get(runId)?.row.ownerId === owner.id) change(runId, { resumes: 0 });
      },
      get: (runId) => known(runId)?.row,
      source: (runId) => runs.get(runId)?.source,
      holder: ({ ownerId }) =>
        ownerId === owner.id ? "this-process" : owner.isAlive(ownerId) ? "another-process" : "nobody",
      pidOf: ({ ownerId }) => (owner.isAlive(ownerId) ? process.pid : undefined),
      hide: (runId) => change(runId, { status: "deleted" }),
      hideResting: (runIds) =>
        runIds.filter((runId) => {
          const isOver = over.has(runs.get(runId)?.row.status ?? "");
          if (isOver) change(runId, { status: "deleted" });
          return isOver;
        }).length,
      hidden: (limit) =>
        [...runs.values()]
          .flatMap(({ row }) => (row.status === "deleted" ? [row.runId] : []))
          .slice(0, limit),
      erase,
      remove(runId) {
        change(runId, { status: "deleted" });
        erase(runId, Number.MAX_SAFE_INTEGER);
      },
    },
    history: {
      find({ graphId, text = "", statuses, since, after, until, limit }) {
        const words = searchWords(text);
        return slice(
          listed().map((run) => ({ ...run.row, run })),
          newestRun,
          { after, until },
        )
          .map(({ run }) => run)
          .filter(
            ({ row, text: searched }) =>
              (graphId === undefined || row.graphId === graphId) &&
              (since === undefined || row.startedAt >= since) &&
              (!statuses || statuses.includes(shown(row))) &&
              words.every(
                (word) => searched.includes(word) || shown(row).replaceAll("-", " ").includes(word),
              ),
          )
          .slice(0, limit)
          .map(foundOf);
      },
      totals: (runId) => runs.get(runId)?.totals,
      remember(runId, totals) {
        const run = runs.get(runId);
        if (run) run.totals = totals;
      },
      get(runId) {
        const run = known(runId);
        return run && foundOf(run);
      },
      newest(count, after) {
        const row = slice(
          listed().map((run) => run.row),
          newestRun,
          { after },
        )[count - 1];
        return row && { place: { startedAt: row.startedAt, runId: row.runId }, left: 0 };
      },
      outside({ after, looksAt, ...bounds }) {
        const looked = listed()
          .sort(oldest)
          .filter(({ row }) => !after || newestRun(row, after) < 0);
        const next = looked[looksAt - 1]?.row;
        return {
          runs: looked
            .slice(0, looksAt)
            .filter((run) => isOutside(run, bounds))
            .map(outsideOf),
          ...(next ? { next: { startedAt: next.startedAt, runId: next.runId } } : {}),
        };
      },
      outsideAmong: (bounds, runIds) =>
        listed()
          .filter((run) => runIds.includes(run.row.runId) && isOutside(run, bounds))
          .sort(oldest)
          .map(outsideOf),
    },
  };
}

// ── Journal ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function journal(world: World, owner: Owner): Now<Journal> {
  const closedBy = new Map<string, unknown>();

  function check(rows: readonly JournalRow[]): void {
    const last = new Map<string, number>();
    for (const { runId, seq } of rows) {
      if (closedBy.has(runId)) throw closedBy.get(runId);
      const before = last.get(runId) ?? world.journal.get(runId)?.at(-1)?.seq ?? 0;
      if (seq !== before + 1)
        throw new Error(`Event ${seq} of run ${runId} does not follow event ${before}.`);
      last.set(runId, seq);
    }
    for (const { runId } of rows) {
      const run = world.runs.get(runId);
      if (run && run.row.status !== "deleted") continue;
      const failure = new Error(run ? "The run was removed." : "There is no such run.");
      closedBy.set(runId, failure);
      throw failure;
    }
  }

  return {
    append(rows, _durability, { ledger, progress, takes = [], results = [] } = {}) {
      if (ledger) ledgerRowSchema.parse(ledger);
      check(rows);
      for (const row of rows) world.journal.set(row.runId, [...(world.journal.get(row.runId) ?? []), row]);
      if (ledger) putPost(world, ledger);
      if (progress) advance(world, progress);
      for (const take of takes) changeTake(world, owner, take);
      for (const result of results) noteResult(world, result);
    },
    read: (runId, { afterSeq = 0, limit = -1 } = {}) => {
      const rows = (world.journal.get(runId) ?? []).filter(({ seq }) => seq > afterSeq);
      return limit < 0 ? rows : rows.slice(0, limit);
    },
    reopen: (runId) => void closedBy.delete(runId),
  };
}

// ── Ledger ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const newestPost = by<LedgerPlace>(({ at, runId, stepId, attempt }) => [down(at), runId, stepId, attempt]);
const postName = ({ runId, stepId, attempt }: LedgerRowId) => JSON.stringify([runId, stepId, attempt]);
const lacksWord = ({ state }: LedgerRow) =>
  state === "intended" || state === "in-doubt" || state === "unknown";

const byStatus: { readonly [Status in LedgerStatus]: (row: LedgerRow) => boolean } = {
  posted: ({ state }) => state === "succeeded",
  accepted: ({ state }) => state === "sent",
  open: (row) => lacksWord(row) && !row.settled,
  settled: (row) => lacksWord(row) && row.settled !== undefined,
  "not-posted": ({ state }) => state === "refused" || state === "not-sent" || state === "failed",
};

function putPost(world: World, row: LedgerRow): void {
  const before = world.ledger.get(postName(row));
  const { jobId = before?.jobId, permalink = before?.permalink, settled = before?.settled } = row;
  world.ledger.set(postName(row), {
    ...(before ?? row),
    ...{ state: row.state, at: row.at },
    ...(jobId === undefined ? {} : { jobId }),
    ...(permalink === undefined ? {} : { permalink }),
    ...(settled ? { settled } : {}),
  });
}

function ledgerTable(world: World, owner: Owner): Now<LedgerTable> {
  const rows = () => [...world.ledger.values()];

  function namesOf(scope: string, name: string): readonly [string, ...string[]] {
    const sha256 = name.startsWith("id:") ? sha256Of(world, scope, name.slice(3)) : name;
    return sha256 === undefined
      ? [name]
      : [sha256, ...remoteIdsOf(world, scope, sha256).map((id) => `id:${id}`)];
  }

  function ofPost({ scope, accountId, product, mediaSha256 }: PostKey): LedgerRow[] {
    const names = namesOf(scope, mediaSha256);
    return rows()
      .filter((row) => row.scope === scope && row.accountId === accountId && row.product === product)
      .filter((row) => names.includes(row.mediaSha256))
      .sort((a, b) => b.at - a.at);
  }

  function found({
    search,
    standing,
    platform,
    accountId,
    ...part
  }: LedgerFilter & LedgerSlice): LedgerRow[] {
    const words = searchWords(search ?? "");
    return slice(rows(), newestPost, part).filter((row) => {
      const text = foldText(`${row.caption} ${row.accountName ?? ""} ${row.accountId} ${row.graphName}`);
      return (
        words.every((word) => text.includes(word)) &&
        (standing === undefined || byStatus[standing](row)) &&
        (platform === undefined || row.platform === platform) &&
        (accountId === undefined || row.accountId === accountId)
      );
    });
  }

  return {
    hasHoles: () => false,
    get: (id) => world.ledger.get(postName(id)),
    namesOf,
    history(key) {
      const posts = ofPost(key);
      const last = posts.find(
        (row) =>
          row.state === "sent" ||
          row.state === "succeeded" ||
          (lacksWord(row) && row.settled?.as !== "not-sent"),
      );
      return { ...(last ? { lastSentAt: last.at } : {}), unsettled: posts.filter(byStatus.open) };
    },
    ofPost,
    list: ({ limit, ...filter }) => found(filter).slice(0, limit),
    count: (filter) => found(filter).length,
    boundary(count, after) {
      const row = slice(rows(), newestPost, { after })[count - 1];
      return row && { at: row.at, runId: row.runId, stepId: row.stepId, attempt: row.attempt };
    },
    accounts: () =>
      [...Map.groupBy(rows(), ({ platform, accountId }) => JSON.stringify([platform, accountId])).values()]
        .flatMap((posts) => {
          const [post] = posts;
          const accountName = posts
            .flatMap((each) => each.accountName ?? [])
            .sort()
            .at(-1);
          const { platform, accountId } = post ?? { platform: "", accountId: "" };
          return [{ platform, accountId, ...(accountName === undefined ? {} : { accountName }) }];
        })
        .sort(by(({ platform, accountId, accountName = "" }) => [platform, accountName, accountId])),
    hasJob: (scope, jobId) => rows().some((row) => row.scope === scope && row.jobId === jobId),
    ofRun: (runId) =>
      rows()
        .filter((row) => row.runId === runId)
        .sort(by(({ stepId, attempt }) => [stepId, attempt])),
    settle(id, settled, permalink) {
      const row = world.ledger.get(postName(id));
      if (!row || !byStatus.open(row)) return false;
      world.ledger.set(postName(id), { ...row, settled, ...(permalink === undefined ? {} : { permalink }) });
      return true;
    },
    tryHold(post) {
      const holder = world.holds.get(post);
      if (holder !== undefined && owner.isAlive(holder)) return false;
      world.holds.set(post, owner.id);
      return true;
    },
    letGo(post) {
      if (world.holds.get(post) === owner.id) world.holds.delete(post);
    },
  };
}

// ── Takes ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function numberOf(world: World, key: string, number: number): TakeNumber | undefined {
  return world.numbers.get(key)?.find((each) => each.number === number);
}

function use(world: World, { graphId, nodeId, itemPath, takeId, at }: Use): void {
  if (!world.takes.has(takeId)) return;
  const used = { graphId, nodeId, itemPath, takeId };
  const same = world.uses.find((each) => JSON.stringify({ ...used, at: each.at }) === JSON.stringify(each));
  if (same) same.at = at;
  else world.uses.push({ ...used, at });
}

function changeTake(world: World, owner: Owner, change: TakeRowChange): void {
  switch (change.kind) {
    case "made": {
      const { row } = change;
      const { key, number, runId, stepId } = row;
      const isThere = [...world.takes.values()].some((take) => take.key === key && take.number === number);
      if (!isThere && !world.takes.has(row.takeId)) world.takes.set(row.takeId, row);
      const given = numberOf(world, key, number);
      if (given) Object.assign(given, { open: false, sent: false, outJson: undefined });
      else {
        const made = { number, runId, stepId, ownerId: owner.id, open: false, sent: false };
        world.numbers.set(key, [...(world.numbers.get(key) ?? []), made]);
      }
      const { graphId, nodeId, itemPath, takeId, madeAt: at } = row;
      use(world, { graphId, nodeId, itemPath, takeId, at });
      return;
    }
    case "stored": {
      const take = world.takes.get(change.takeId);
      if (!take) return;
      const outputs = JSON.parse(take.outputsJson) as { value: unknown }[];
      const output = outputs[change.index];
      if (output) output.value = JSON.parse(change.valueJson);
      world.takes.set(take.takeId, { ...take, outputsJson: JSON.stringify(outputs) });
      return;
    }
    case "used":
      use(world, change);
      return;
    default: {
      const given = numberOf(world, change.key, change.number);
      if (!given) return;
      if (change.kind === "accepted") Object.assign(given, { sent: false, outJson: change.outJson });
      else if (change.kind === "ended")
        Object.assign(given, { open: false, sent: false, outJson: undefined });
      else if (change.kind === "left") given.open = false;
      else given.sent = change.kind === "sent";
    }
  }
}

function takeTable(world: World, owner: Owner): Now<TakeTable> {
  const takeAt = (key: string, number: number) =>
    [...world.takes.values()].find((take) => take.key === key && take.number === number);

  function told(key: string, given: TakeNumber) {
    const { number, runId, stepId, open, ownerId, sent, outJson } = given;
    const take = takeAt(key, number);
    const whose = { number, runId, stepId };
    if (take) return { ...whose, state: "made", takeId: take.takeId } as const;
    if (open && owner.isAlive(ownerId)) return { ...whose, state: "open" } as const;
    if (outJson !== undefined) return { ...whose, state: "out" } as const;
    return { ...whose, state: sent ? "doubt" : "over" } as const;
  }

  const numbers = (key: string, above: number) =>
    (world.numbers.get(key) ?? [])
      .filter(({ number }) => number > above)
      .sort((a, b) => a.number - b.number)
      .map((given) => told(key, given));
  const usedBy = (nodeId: string, itemPath: string) =>
    world.uses
      .filter((each) => each.nodeId === nodeId && each.itemPath === itemPath && world.takes.has(each.takeId))
      .sort((a, b) => b.at - a.at);
  const hold = (key: string, number: number) => {
    const given = numberOf(world, key, number);
    if (given && !takeAt(key, number)) Object.assign(given, { ownerId: owner.id, open: true });
  };

  return {
    get: (takeId) => world.takes.get(takeId),
    ofNode: ({ graphId, nodeId, limit }) =>
      [...world.takes.values()]
        .filter(({ takeId }) =>
          world.uses.some(
            (each) => each.takeId === takeId && each.graphId === graphId && each.nodeId === nodeId,
          ),
        )
        .sort(by(({ madeAt, number }) => [down(madeAt), down(number)]))
        .slice(0, limit),
    numbers,
    stateOf(key, number) {
      const given = numberOf(world, key, number);
      return given ? told(key, given).state : "over";
    },
    lastUsed: (nodeId, itemPath, keys) =>
      usedBy(nodeId, itemPath).find(({ takeId }) => keys.includes(world.takes.get(takeId)?.key ?? ""))
        ?.takeId,
    lastUsedOfAll: (nodeId, itemPath) => usedBy(nodeId, itemPath)[0]?.takeId,
    usersOf: (takeId) => {
      const users = world.uses.filter((each) => each.takeId === takeId);
      const named = new Map(
        users.map(({ nodeId, itemPath }) => [`${nodeId} ${itemPath}`, { nodeId, itemPath }]),
      );
      return [...named.values()];
    },
    reserve({ key, runId, stepId, seen, shares }) {
      const isTaken = [...seen].some(([under, above]) =>
        numbers(under, above).some(
          (each) => each.state !== "over" && (each.runId !== runId || (shares && each.state !== "doubt")),
        ),
      );
      if (isTaken) return undefined;
      const given = world.numbers.get(key) ?? [];
      const number = given.reduce((most, each) => Math.max(most, each.number), 0) + 1;
      const made = { number, runId, stepId, ownerId: owner.id, open: true, sent: false };
      world.numbers.set(key, [...given, made]);
      return number;
    },
    hold,
    adopt(key, number) {
      const given = numberOf(world, key, number);
      if (!given || told(key, given).state !== "out") return undefined;
      hold(key, number);
      return given.outJson;
    },
    leaveAll(runId) {
      for (const given of [...world.numbers.values()].flat())
        if (given.runId === runId && given.ownerId === owner.id) given.open = false;
    },
    remove: (takeId) => removeTakes(world, [takeId]),
  };
}

function removeTakes(world: World, takeIds: readonly string[]): void {
  for (const takeId of takeIds) world.takes.delete(takeId);
  world.uses = world.uses.filter(({ takeId }) => !takeIds.includes(takeId));
}

// ── Results and media ────────────────────────────────────────────────────────────────────────────────────────────────

const inResultOrder = by<ResultPlace>(({ runAt, runId, place, output, resultId }) => [
  ...[down(runAt), down(runId)],
  ...[place, output, resultId],
]);

function noteResult(world: World, note: ResultNote): void {
  const { graphId, nodeId, sha256 } = note;
  const at = world.results.findIndex(
    (each) => each.graphId === graphId && each.nodeId === nodeId && each.sha256 === sha256,
  );
  const before = world.results[at];
  const text = foldText(`${note.title} ${note.graphName} ${note.searchText}`);
  if (!before) world.results.push({ ...note, text, resultId: ++world.resultIds });
  else if (Number(note.reused) <= Number(before.reused)) {
    const { takeId = before.takeId } = note;
    const { kind, nodeType, content, resultId } = before;
    const first = { kind, nodeType, resultId, ...(content === undefined ? {} : { content }) };
    world.results[at] = { ...note, ...first, ...(takeId === undefined ? {} : { takeId }), text };
  }
}

function gallery(world: World): Now<Gallery> {
  const isThere = ({ kind, sha256 }: Result) => kind === "text" || world.media.has(sha256);
  const rowOf = ({
    searchText: _,
    text: _folded,
    reused: _reused,
    at: madeAt,
    ...result
  }: Result): GalleryRow => {
    const facts = world.media.get(result.sha256)?.facts;
    return galleryRowSchema.parse({ ...(result.kind === "text" ? {} : facts), ...result, madeAt });
  };
  const bySha256 = (sha256: string) =>
    world.results
      .filter((result) => result.sha256 === sha256 && isThere(result))
      .sort(by(({ reused, at }) => [Number(reused), down(at)]));
  const isBrought = (sha256: string) =>
    world.origins.some((each) => each.sha256 === sha256 && each.origin === "person");

  return {
    find({ graphId, kind, text = "", after, until, limit }) {
      const words = searchWords(text);
      const rows = slice(world.results, inResultOrder, { after, until })
        .filter((result) => isThere(result) && (kind === undefined || result.kind === kind))
        .filter((result) => (graphId === undefined ? !result.reused : result.graphId === graphId))
        .filter((result) => words.every((word) => result.text.includes(word)));
      return rows.slice(0, limit).map((result) => {
        const row = rowOf(result);
        return row.kind === "text" ? { ...row, content: row.content.slice(0, TEXT_SHOWN) } : row;
      });
    },
    boundary(count, after) {
      const result = slice(world.results, inResultOrder, { after })[count - 1];
      if (!result) return undefined;
      const { runAt, runId, place, output, resultId } = result;
      return { runAt, runId, place, output, resultId };
    },
    ofMedia(sha256) {
      const [result] = bySha256(sha256);
      return result && rowOf(result);
    },
    get(resultId) {
      const result = world.results.find((each) => each.resultId === resultId);
      return result && isThere(result) ? rowOf(result) : undefined;
    },
    brought({ kind, among, after, limit }) {
      const brought = [...world.media.values()]
        .filter(({ facts }) => isBrought(facts.sha256) && (kind === undefined || facts.kind === kind))
        .filter(({ facts }) => !among || among.includes(facts.sha256))
        .map(({ facts, addedAt }) => ({ ...facts, addedAt }));
      const newest = by<{ readonly addedAt: number; readonly sha256: string }>(({ addedAt, sha256 }) => [
        ...[down(addedAt), down(sha256)],
      ]);
      return slice(brought, newest, { after }).slice(0, limit);
    },
    isBrought,
    runsThatNeed: (sha256) =>
      [...world.runs.values()].flatMap(({ row, source }) => {
        if (atRest.has(row.status) || row.status === "deleted") return [];
        const events = (world.journal.get(row.runId) ?? []).map(({ json }) => json);
        const isNeeded = [source.graphJson, source.planJson, ...events].some((json) => json.includes(sha256));
        return isNeeded ? [{ runId: row.runId, graphName: row.graphName }] : [];
      }),
    documentsThatUse: (sha256) =>
      [...world.documents.values()].filter(({ json }) => json.includes(sha256)).length,
    forget(sha256) {
      const texts = world.results.flatMap((result) =>
        result.sha256 === sha256 && result.kind === "text" ? (result.takeId ?? []) : [],
      );
      const takes = [...world.takes.values()].filter(
        ({ takeId, outputsJson }) => outputsJson.includes(sha256) || texts.includes(takeId),
      );
      removeTakes(
        world,
        takes.map(({ takeId }) => takeId),
      );
      world.results = world.results.filter((result) => result.sha256 !== sha256);
      world.origins = world.origins.filter((each) => each.sha256 !== sha256 || each.origin !== "person");
    },
  };
}

const remotesOf = (world: World, scope: string, sha256: string) =>
  world.remote.filter((each) => each.scope === scope && each.sha256 === sha256).sort((a, b) => b.at - a.at);
const remoteIdsOf = (world: World, scope: string, sha256: string) =>
  remotesOf(world, scope, sha256).map(({ mediaId }) => mediaId);
const sha256Of = (world: World, scope: string, mediaId: string) =>
  world.remote.find((each) => each.scope === scope && each.mediaId === mediaId)?.sha256;

function mediaTable(world: World): Now<MediaTable> {
  const addOrigin = (sha256: string, origin: MediaOrigin) => {
    const entry = { sha256, origin: origin.kind, scope: "scope" in origin ? origin.scope : "" };
    if (!world.origins.some((each) => JSON.stringify(each) === JSON.stringify(entry)))
      world.origins.push(entry);
    if (origin.kind === "render")
      for (const source of origin.madeFrom) world.madeFrom.push({ sha256, source });
  };
  return {
    add(facts, origin, addedAt) {
      if (!world.media.has(facts.sha256)) world.media.set(facts.sha256, { facts, addedAt });
      addOrigin(facts.sha256, origin);
    },
    get: (sha256) => world.media.get(sha256)?.facts,
    classesUnder: (prefix) =>
      new Map(
        [...Map.groupBy(world.origins, ({ sha256 }) => sha256)]
          .filter(([sha256]) => sha256.startsWith(prefix))
          .map(([sha256, origins]) => {
            const kinds = new Set(origins.map(({ origin }) => origin));
            const isResult = kinds.has("server") || kinds.has("sandbox");
            return [sha256, kinds.has("person") ? "uploads" : isResult ? "results" : "renders"];
          }),
      ),
    sandboxMakers(sha256) {
      const ancestry = new Set([sha256]);
      for (const each of ancestry)
        for (const { source } of world.madeFrom.filter((made) => made.sha256 === each)) ancestry.add(source);
      const makers = world.origins.filter((each) => each.origin === "sandbox" && ancestry.has(each.sha256));
      return [...Map.groupBy(makers, (each) => each.sha256).values()].map((all) =>
        all.map(({ scope }) => scope),
      );
    },
    addRemote(remote) {
      world.remote = world.remote.filter(
        ({ scope, mediaId }) => scope !== remote.scope || mediaId !== remote.mediaId,
      );
      world.remote.push(remote);
    },
    remoteIdOf: (scope, sha256) => remoteIdsOf(world, scope, sha256)[0],
    sha256Of: (scope, mediaId) => sha256Of(world, scope, mediaId),
    remoteIdsOf: (scope, sha256) => remoteIdsOf(world, scope, sha256),
  };
}

/** Nothing of it ever has to go: what a test renders fits. */
function renderTable(_world: World): Now<RenderTable> {
  return { free: () => [] };
}

// ── The rest ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function documents(world: World): Now<Documents> {
  const rows = world.documents;
  const revisionAfter = (
    before: DocumentRow | undefined,
    json: string,
    now: number,
    isSame: (a: string, b: string) => boolean,
  ) => (before ? before.revision + (isSame(before.json, json) ? 0 : 1) : Math.max(1, now));
  const put: Now<Documents>["put"] = ({ id, json, savedAt, savedJson = json, filePath }, isSame) => {
    const before = rows.get(id);
    const place = filePath ?? before?.filePath;
    const row = {
      ...{ id, json, savedJson, savedAt, changedAt: savedAt },
      revision: revisionAfter(before, json, savedAt, isSame),
      ...(place === undefined ? {} : { filePath: place }),
    };
    rows.set(id, row);
    return row;
  };
  return {
    get: (id) => rows.get(id),
    list: () => [...rows.values()].sort((a, b) => b.changedAt - a.changedAt),
    keep({ id, json, base, changedAt }, isSame) {
      const before = rows.get(id);
      if ((before?.revision ?? 0) !== base) return { isKept: false, ...(before ? { row: before } : {}) };
      const row = {
        ...before,
        id,
        json,
        changedAt,
        revision: revisionAfter(before, json, changedAt, isSame),
      };
      rows.set(id, row);
      return { isKept: true, row };
    },
    put,
    putAfter: (base, document, isSame) =>
      (rows.get(document.id)?.revision ?? 0) === base ? put(document, isSame) : undefined,
    markSaved({ id, savedJson, savedAt }) {
      const before = rows.get(id);
      if (before) rows.set(id, { ...before, savedJson, savedAt });
      return rows.get(id);
    },
    remove: (id) => void rows.delete(id),
  };
}

function settings({ settings: spaces }: World): Now<Settings> {
  const all = (space: string): Record<string, unknown> =>
    Object.fromEntries([...(spaces.get(space) ?? [])].sort().map(([name, json]) => [name, JSON.parse(json)]));
  return {
    get: (space, name) => all(space)[name],
    all,
    set(space, name, value) {
      const values = spaces.get(space) ?? new Map<string, string>();
      spaces.set(space, values);
      if (value === undefined) values.delete(name);
      else values.set(name, JSON.stringify(value));
    },
  };
}

function durations(world: World): Now<JobDurations> {
  return {
    add: (duration) => void world.durations.push(duration),
    recent: ({ scope, kind, model }, limit) =>
      world.durations
        .filter((each) => each.scope === scope && each.kind === kind && each.model === model)
        .sort((a, b) => a.at - b.at)
        .slice(-limit)
        .map(({ afterMs, byMs }) => ({ afterMs: Math.max(0, Math.floor(afterMs)), byMs: Math.ceil(byMs) })),
  };
}
