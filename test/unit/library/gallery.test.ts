import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Library } from "../../../src/library/ports/library.ts";

import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { makeOldLibrary } from "../../support/old-library.ts";

let folder: string;
let library: Library;
let _seq = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "catwalk-gallery-"));
  library = await openLibrary(folder);
  _seq = 0;
  await library.runs.add({
    ...{ runId: "run", graphId: "g", graphName: "G", scope: "s", serverLabel: "Sandbox", startedAt: 1 },
    ...{ steps: 1, graphJson: "{}", planJson: "{}", optionsJson: "{}" },
  });
});
afterEach(async () => {
  await library.close();
  await rm(folder, { recursive: true, force: true });
});

test("what runs made before there was a gallery is in it", async () => {
  const events = [
    ["run-started", { steps: [{ stepId: "n", nodeId: "n", type: "generate", title: "Hero" }] }],
    [
      "step-succeeded",
      { stepId: "n", outputs: [{ portId: "out", value: { type: "media", kind: "image" } }] },
    ],
    ["output-stored", { stepId: "n", index: 0, media: { type: "media", kind: "image", sha256: "older" } }],
    ["output-stored", { stepId: "n", index: 1, media: { type: "media", kind: "image", sha256: "old" } }],
    ["step-succeeded", { stepId: "gone", outputs: [{ value: { kind: "image", sha256: "nobody's" } }] }],
    ["run-settled", { outcome: "done" }],
  ] as const;
  await library.journal.append(
    events.map(([type, body], index) => ({
      ...{ runId: "run", seq: index + 1, at: index, type, json: JSON.stringify(body) },
    })),
    "now",
  );
  for (const sha256 of ["old", "older"])
    await library.media.add(
      { sha256, kind: "image", mimeType: "image/x", sizeBytes: 5 },
      { kind: "person" },
      1,
    );
  await library.close();
  const old = join(folder, "old");
  const database = makeOldLibrary(old, "CREATE TABLE gallery");
  database.prepare("ATTACH ? AS now").run(join(folder, "library.db"));
  for (const table of ["runs", "run_history", "journal", "media", "media_origins"])
    database.exec(`INSERT INTO main.${table} SELECT * FROM now.${table}`);
  database.close();
  library = await openLibrary(old);
  expect(await library.gallery.find({ limit: 9 })).toEqual([
    expect.objectContaining({ sha256: "old", runId: "run", stepId: "n", title: "Hero", graphName: "G" }),
    expect.objectContaining({ sha256: "older", runAt: 1, place: 1 }),
  ]);
});
