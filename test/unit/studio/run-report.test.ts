import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeRunReport } from "../../../src/studio/run-report.ts";
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
