import { expect, test, vi } from "vitest";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { readRun } from "../../../src/studio/runs/run-journal.ts";
import { temporaryFolder } from "../../support/sandbox.ts";

test("A run that is looked at and then resumed reads its journal once, and after that only what is new", async () => {
  await using folder = await temporaryFolder();
  const library = await openLibrary(folder.path);
  const runId = "run";
  await library.runs.add({
    ...{ runId, graphId: "g", graphName: "g", scope: "s", serverLabel: "S", startedAt: 1, steps: 0 },
    ...{ graphJson: "{}", planJson: "{}", optionsJson: "{}" },
  });
  const started = { graphId: "g", graphName: "g", scope: "s", serverLabel: "S", steps: [] };
  await library.journal.append(
    [{ runId, seq: 1, at: 1, type: "run-started", json: JSON.stringify(started) }],
    "now",
  );
  const read = vi.spyOn(library.journal, "read");
  const first = await readRun(library, runId);
  expect((await readRun(library, runId)).state).toBe(first.state);
  await library.journal.append([{ runId, seq: 2, at: 2, type: "run-resumed", json: "{}" }], "now");
  const { state, events } = await readRun(library, runId);
  expect([first.state?.seq, state?.seq]).toEqual([1, 2]);
  expect(events.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(read.mock.calls.map(([, query]) => query?.afterSeq)).toEqual([0, 1, 1]);
  await library.close();
});
