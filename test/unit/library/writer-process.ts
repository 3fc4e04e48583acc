/** A process that writes a run's events as fast as it can and says on stdout which ones were acknowledged. */
import { openLibrary } from "../../../src/library/sqlite/library.ts";

const [folder, runId] = process.argv.slice(2);
if (!folder || !runId) throw new Error("usage: writer-process FOLDER RUN");
const library = await openLibrary(folder);
await library.runs.add({
  runId,
  graphId: "graph",
  graphName: "Killed",
  scope: "scope",
  serverLabel: "Sandbox",
  startedAt: 1,
  steps: 3,
  graphJson: "{}",
  planJson: "{}",
  optionsJson: "{}",
});
for (let seq = 1; ; seq++) {
  const durability = seq % 3 === 0 ? "now" : "soon";
  const written = library.journal.append(
    [{ runId, seq, at: seq, type: "step-phase", json: JSON.stringify({ seq }) }],
    durability,
  );
  void written.then(() => process.stdout.write(`${seq}\n`));
  if (durability === "now") await written;
}
