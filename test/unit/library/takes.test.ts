import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Library } from "../../../src/library/ports/library.ts";
import type { TakeRow, TakeRowChange } from "../../../src/library/ports/takes.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { createTakeTable } from "../../../src/library/sqlite/takes.ts";
import { makeOldLibrary } from "../../support/old-library.ts";

let folder: string;
const opened: Library[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "catwalk-takes-"));
});
afterEach(async () => {
  for (const library of opened.splice(0)) await library.close();
  await rm(folder, { recursive: true, force: true });
});

/** Each opening counts as a process of its own. */
async function open(): Promise<Library> {
  const library = await openLibrary(folder);
  opened.push(library);
  if (!(await library.runs.get("run"))) await addRun(library, "run");
  return library;
}

async function die(library: Library): Promise<void> {
  opened.splice(opened.indexOf(library), 1);
  await library.close();
}

async function addRun(library: Library, runId: string): Promise<void> {
  await library.runs.add({
    ...{
      runId,
      graphId: "graph",
      graphName: "A graph",
      scope: "scope",
      serverLabel: "Sandbox",
      startedAt: 1,
    },
    ...{ steps: 1, graphJson: "{}", planJson: "{}", optionsJson: "{}" },
  });
}

function take(number: number, more: Partial<TakeRow> = {}): TakeRow {
  return {
    takeId: `take-${more.key ?? "key"}-${number}`,
    key: "key",
    number,
    scope: "scope",
    runId: "run",
    stepId: "node",
    graphId: "graph",
    nodeId: "node",
    itemPath: "[]",
    nodeType: "generate",
    title: "Generate image",
    recipeJson: '{"type":"generate","params":{},"inputs":[]}',
    outputsJson: '[{"portId":"out","value":{"type":"media","kind":"image","mediaId":"m"}}]',
    paid: 1,
    estimateMicrodollars: 4000,
    startedAt: 100,
    madeAt: 100 + number,
    ...more,
  };
}

const order = (more: Partial<Parameters<Library["takes"]["reserve"]>[0]> = {}) => ({
  ...{ key: "key", runId: "run", stepId: "step", at: 1, shares: false, seen: new Map([["key", 0]]) },
  ...more,
});

test.each<
  [what: string, was: readonly TakeRowChange["kind"][], does: readonly TakeRowChange["kind"][], state: string]
>([
  ["reserved brings the take", [], ["sent", "accepted", "made"], "made"],
  ["sent brings the take", ["sent"], ["accepted", "made"], "made"],
  ["waited for brings the take", ["sent", "accepted"], ["made"], "made"],
  ["reserved is accepted", [], ["sent", "accepted"], "out"],
  ["reserved sends", [], ["sent"], "doubt"],
])(
  "A process that, with a number %s, and ends while another looks at it, is read to its end",
  async (_what, was, does, state) => {
    const one = await open();
    const at = { key: "key", number: (await one.takes.reserve(order())) ?? 0 };
    let seq = 0;
    const write = (kinds: readonly TakeRowChange["kind"][]) =>
      kinds.map((kind) => {
        const change = kind === "made" ? { kind, row: take(1) } : { kind, ...at, outJson: "{}" };
        return one.journal
          .append([{ runId: "run", seq: ++seq, at: 1, type: "step-phase", json: "{}" }], "soon", {
            takes: [change as TakeRowChange],
          })
          .catch(() => expect.unreachable());
      });
    await Promise.all(write(was));

    const database = new DatabaseSync(join(folder, "library.db"));
    const table = createTakeTable(database, {
      ownerId: "another",
      isAlive() {
        if (opened.includes(one)) {
          write(does);
          void die(one); // a close of SQLite commits within the call
        }
        return false;
      },
      pidOf: () => undefined,
      close() {},
    });
    expect(table.stateOf("key", 1)).toBe(state);
    database.close();
  },
);

test("Jobs that were out before the library noted it are known from the journal", async () => {
  const database = makeOldLibrary(folder, "out_json");
  database.exec(`INSERT INTO runs (run_id, graph_id, graph_name, scope, server_label, owner_id, status, started_at, steps,
    done, failed, graph_json, plan_json, options_json)
    VALUES ('run', 'graph', '', 'scope', '', '', 'running', 1, 4, 0, 0, '{}', '{}', '{}')`);
  const event = database.prepare(
    "INSERT INTO journal (run_id, seq, at, type, json) VALUES ('run', ?, 1, ?, ?)",
  );
  const number = database.prepare(
    "INSERT INTO take_numbers (key, number, run_id, step_id, owner_id, open, at) VALUES ('key', ?, 'run', ?, '', 1, 1)",
  );
  let seq = 0;
  for (const [at, ends] of [["job-accepted"], ["job-accepted", "step-failed"], []].entries()) {
    const stepId = `step-${at}`;
    number.run(at + 1, stepId);
    const intent = { stepId, attempt: 1, takeKey: "key", takeNumber: at + 1, estimateMicrodollars: 4000 };
    event.run(++seq, "create-intended", JSON.stringify(intent));
    const job = { kind: "inference", id: `job-${at}` };
    for (const type of ends) event.run(++seq, type, JSON.stringify({ stepId, attempt: 1, job }));
  }
  database.close();
  const library = await open();
  expect((await library.takes.numbers("key", 0)).map(({ state }) => state)).toEqual(["out", "over", "over"]);
  expect(JSON.parse((await library.takes.adopt("key", 1)) ?? "")).toEqual({
    job: { kind: "inference", id: "job-0" },
    estimateMicrodollars: 4000,
  });
});
