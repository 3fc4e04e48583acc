import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeRunReport } from "../../../src/studio/runs/run-report.ts";
import { createWorld, step } from "../../support/engine-world.ts";

test.each([0, 1, 250])(
  "a report of %i steps is whole JSON, in order, whatever parts it was written in",
  async (count) => {
    const folder = await mkdtemp(join(tmpdir(), "catwalk-report-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const world = createWorld();
    const names = Array.from({ length: count }, (_, at) => `step "${at}" in ${folder}`);
    const run = world.start(names.map((name) => step.text(name)));
    await world.settle();
    const report = { state: run.state(), saved: new Map(), hiddenFolders: [folder] };
    await writeRunReport(folder, report);
    const text = await readFile(join(folder, "run.json"), "utf8");
    const written = JSON.parse(text);
    expect(written).toMatchObject({ format: "catwalk.run", outcome: "done" });
    expect(written.steps.map(({ title }: { title: string }) => title)).toEqual(
      names.map((name) => name.replace(folder, "…")),
    );
    // As it was written before it was written in parts.
    expect(text).toBe(`${JSON.stringify(written, undefined, 2)}\n`);
  },
);

test("a report never takes the place of another run's, or of any other file; a resumed run writes its own anew", async () => {
  const folder = await mkdtemp(join(tmpdir(), "catwalk-report-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "run 2.json"), "my own notes");
  const world = createWorld();
  const run = world.start([step.text("words")]);
  await world.settle();
  const reportOf = (runId: string) => ({
    state: { ...run.state(), runId },
    saved: new Map(),
    hiddenFolders: [],
  });
  const names: string[] = [];
  for (const runId of ["first", "second", "first", "third", "second"])
    names.push(await writeRunReport(folder, reportOf(runId)));
  expect(names).toEqual(["run.json", "run 3.json", "run.json", "run 4.json", "run 3.json"]);
  expect(await readFile(join(folder, "run 2.json"), "utf8")).toBe("my own notes");
  const together = await Promise.all(["a", "b", "c"].map((runId) => writeRunReport(folder, reportOf(runId))));
  expect([...together].sort()).toEqual(["run 5.json", "run 6.json", "run 7.json"]);
});
