import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Library } from "../../src/library/ports/library.ts";
import type { TakeRow, TakeRowChange } from "../../src/library/ports/takes.ts";

import type { TestStore } from "./test-store.ts";

export function takesConform(store: TestStore): void {
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
    const library = await store.open(folder);
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

  let seq = 0;
  async function made(library: Library, ...rows: TakeRow[]): Promise<void> {
    seq = (await library.journal.read("run")).at(-1)?.seq ?? 0;
    await library.journal.append(
      [{ runId: "run", seq: seq + 1, at: 1, type: "step-succeeded", json: "{}" }],
      "now",
      {
        takes: rows.map((row) => ({ kind: "made", row })),
      },
    );
  }

  test("A number is handed out once, however many ask and whatever becomes of it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ key: fc.constantFrom("a", "b"), who: fc.nat(2) }), { maxLength: 40 }),
        async (asks) => {
          const openings = [await open(), await open(), await open()];
          const given = new Set<string>();
          const before = new Map<string, number>();
          for (const key of ["a", "b"])
            before.set(key, (await openings[0]?.takes.numbers(key, 0))?.at(-1)?.number ?? 0);
          for (const { key, who } of asks) {
            const number = (await openings[who]?.takes.reserve(order({ key, seen: new Map() }))) ?? 0;
            expect(number).toBeGreaterThan(before.get(key) ?? 0);
            expect(given.has(`${key}#${number}`)).toBe(false);
            given.add(`${key}#${number}`);
          }
          for (const library of openings) await die(library);
        },
      ),
      { numRuns: 15 },
    );
  });

  test("What another run makes stands in the way of a new number until its process is gone or says that nothing comes", async () => {
    const one = await open();
    const two = await open();
    expect(await one.takes.reserve(order({ runId: "other" }))).toBe(1);
    expect(await two.takes.numbers("key", 0)).toEqual([
      { number: 1, runId: "other", stepId: "step", state: "open" },
    ]);
    expect(await two.takes.reserve(order())).toBeUndefined();
    // Whoever has seen it decides for themselves.
    expect(await two.takes.reserve(order({ seen: new Map([["key", 1]]) }))).toBe(2);
    await die(one);
    expect(await two.takes.stateOf("key", 1)).toBe("over");
    // Its own run's numbers are in nobody's way, unless one result will do for all.
    expect(await two.takes.reserve(order())).toBe(3);
    expect(await two.takes.reserve(order({ shares: true }))).toBeUndefined();
    for (const number of [2, 3])
      await two.journal.append(
        [{ runId: "run", seq: number - 1, at: 1, type: "step-failed", json: "{}" }],
        "now",
        {
          takes: [{ kind: "ended", key: "key", number }],
        },
      );
    expect(await two.takes.stateOf("key", 3)).toBe("over");
    expect(await two.takes.reserve(order({ shares: true }))).toBe(4);
  });

  test("A later process goes on with what a dead one had begun, but not with what is made", async () => {
    const one = await open();
    await one.takes.reserve(order());
    await die(one);
    const two = await open();
    expect(await two.takes.stateOf("key", 1)).toBe("over");
    await two.takes.hold("key", 1);
    const three = await open();
    expect(await three.takes.stateOf("key", 1)).toBe("open");
    await made(two, take(1));
    expect(await three.takes.stateOf("key", 1)).toBe("made");
    await three.takes.hold("key", 1);
    expect(await three.takes.stateOf("key", 1)).toBe("made");
  });

  test("A take is written with its events, knows who has it, learns where its bytes are, and is forgotten by word alone", async () => {
    const library = await open();
    await made(library, take(1), take(2, { nodeId: "other" }));
    expect(await library.takes.get("take-key-1")).toEqual(take(1));
    expect(await library.takes.lastUsed("node", "[]", ["key"])).toBe("take-key-1");
    expect(await library.takes.lastUsed("node", "[]", ["another"])).toBeUndefined();
    await library.journal.append(
      [{ runId: "run", seq: seq + 2, at: 1, type: "output-stored", json: "{}" }],
      "soon",
      {
        takes: [
          {
            kind: "stored",
            takeId: "take-key-1",
            index: 0,
            valueJson: '{"type":"media","kind":"image","sha256":"s"}',
          },
          { kind: "used", takeId: "take-key-2", graphId: "graph", nodeId: "node", itemPath: "[]", at: 500 },
          // Of a take that is gone nothing is kept.
          { kind: "used", takeId: "gone", graphId: "graph", nodeId: "node", itemPath: "[]", at: 900 },
        ],
      },
    );
    expect(JSON.parse((await library.takes.get("take-key-1"))?.outputsJson ?? "")).toEqual([
      { portId: "out", value: { type: "media", kind: "image", sha256: "s" } },
    ]);
    expect(await library.takes.lastUsed("node", "[]", ["key"])).toBe("take-key-2");
    expect(await library.takes.lastUsedOfAll("node", "[]")).toBe("take-key-2");
    const users = await library.takes.usersOf("take-key-2");
    expect(users.map((user) => JSON.stringify(user)).sort()).toEqual([
      '{"nodeId":"node","itemPath":"[]"}',
      '{"nodeId":"other","itemPath":"[]"}',
    ]);
    const ofNode = await library.takes.ofNode({ graphId: "graph", nodeId: "node", limit: 10 });
    expect(ofNode.map(({ takeId }) => takeId)).toEqual(["take-key-2", "take-key-1"]);
    // The run may go; its takes stay.
    await library.runs.remove("run");
    expect(await library.takes.get("take-key-1")).toBeDefined();
    await library.takes.remove("take-key-1");
    expect(await library.takes.get("take-key-1")).toBeUndefined();
    expect(await library.takes.usersOf("take-key-1")).toEqual([]);
    // Its number is not given again.
    expect(await library.takes.reserve(order({ seen: new Map() }))).toBe(3);
  });

  test("A job is out from its acceptance until its take is there, and one of those who ask looks at it", async () => {
    const one = await open();
    let seq = 0;
    const append = async (library: Library, ...takes: TakeRowChange[]) =>
      library.journal.append([{ runId: "run", seq: ++seq, at: 1, type: "step-phase", json: "{}" }], "now", {
        takes,
      });
    const at = { key: "key", number: 1 };
    await one.takes.reserve(order());
    await append(one, { kind: "sent", ...at }, { kind: "left", ...at });
    expect(await one.takes.stateOf("key", 1)).toBe("doubt");
    expect(await one.takes.adopt("key", 1)).toBeUndefined();
    await append(one, { kind: "accepted", ...at, outJson: '{"job":1}' });
    expect(await one.takes.stateOf("key", 1)).toBe("out");
    const two = await open();
    expect(await two.takes.adopt("key", 1)).toBe('{"job":1}');
    expect(await one.takes.adopt("key", 1)).toBeUndefined();
    expect(await one.takes.stateOf("key", 1)).toBe("open");
    await die(two);
    expect(await one.takes.stateOf("key", 1)).toBe("out");
    await append(one, { kind: "ended", ...at });
    expect(await one.takes.stateOf("key", 1)).toBe("over");
    // What was sent by a process that is gone is in doubt, and what it was only about to send is not.
    const three = await open();
    expect(await three.takes.reserve(order({ seen: new Map() }))).toBe(2);
    expect(await three.takes.reserve(order({ seen: new Map() }))).toBe(3);
    await append(three, { kind: "sent", key: "key", number: 2 }, { kind: "sent", key: "key", number: 3 });
    await append(three, { kind: "not-sent", key: "key", number: 3 });
    await die(three);
    expect([await one.takes.stateOf("key", 2), await one.takes.stateOf("key", 3)]).toEqual(["doubt", "over"]);
    expect(await one.takes.reserve(order({ runId: "other" }))).toBeUndefined();
  });

  test("What a living process has left of a run that it could not write to is as a dead one leaves it", async () => {
    const one = await open();
    const two = await open();
    for (let number = 1; number <= 4; number++) await one.takes.reserve(order({ seen: new Map() }));
    await two.takes.reserve(order({ seen: new Map() }));
    await one.takes.reserve(order({ seen: new Map(), runId: "other" }));
    await one.journal.append([{ runId: "run", seq: 1, at: 1, type: "step-phase", json: "{}" }], "now", {
      takes: [
        { kind: "sent", key: "key", number: 2 },
        { kind: "accepted", key: "key", number: 3, outJson: "{}" },
        { kind: "made", row: take(4) },
      ],
    });
    await one.takes.leaveAll("run");
    const states = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => two.takes.stateOf("key", number)));
    expect(states).toEqual([
      ...["over", "doubt", "out", "made"],
      // Another process's, and another run's.
      ...["open", "open"],
    ]);
  });
}
