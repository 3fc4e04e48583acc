import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { waitingPosts } from "../../../app/runs/approval-choice.ts";
import { itemsOfRun } from "../../../app/stores/run-items.ts";
import { groupByNode } from "../../../app/stores/run-steps.ts";
import type { PostPreview, RunEvent, RunEventBody, Scope } from "../../../src/engine/record.ts";
import { emptyRun, foldEvents } from "../../../src/engine/record.ts";
import { headsOf } from "../../../src/graph/plan/plan-outline.ts";
import { planRun } from "../../../src/graph/plan/plan-run.ts";
import { rowKeysOf } from "../../../src/graph/plan/step-id.ts";
import { storedPlan } from "../../../src/graph/plan/stored-plan.ts";
import { needsPersonLines } from "../../../src/hosts/terminal/needs-person.ts";
import type { Library } from "../../../src/library/index.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../src/nodes/definitions.ts";
import { createStudioGallery } from "../../../src/studio/results/gallery.ts";
import { createRunKeeper } from "../../../src/studio/runs/run-keeper.ts";
import { totalsOf } from "../../../src/studio/runs/run-record.ts";
import { writeRunReport } from "../../../src/studio/runs/run-report.ts";
import { graphOf, nodeOf } from "../../support/graph-builders.ts";

/** Neither sorted nor sorted backwards, as words or as numbers. */
const keys = ["pear", "10", "apple", "9"];
/** Nor do the items end in the order of the table, or in its reverse. */
const ends = ["apple", "pear", "9", "10"];

const rows = keys.map((key) => ({ key, cells: { fruit: `A ${key}` } }));
const graph = graphOf(
  [
    nodeOf("t", "table", { columns: [{ name: "fruit", type: "text" }], rows }),
    nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "{{fruit}}" }),
    nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
    nodeOf("post", "publish", { platform: "instagram", accountId: "a", caption: "{{fruit}}" }),
  ],
  ["picture.out > cut.image_0", "cut.out > post.media"],
);

function planned() {
  const result = planRun(graph, describeNode(builtInCatalogue), { kind: "all" });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join(" "));
  const { plan } = result;
  if (!plan.outline) throw new Error("A batch has a plan in its small form.");
  return { plan, heads: headsOf(plan.outline) };
}

/** A run whose items end in another order than they stand in; its posts wait. */
async function run(runId: string, at: number, home: string, library: Library) {
  const { plan, heads } = planned();
  const started: RunEventBody = {
    ...{ type: "run-started", graphId: "g", graphName: "Fruit", scope: "s" as Scope },
    ...{ serverLabel: "Sandbox", steps: heads },
  };
  const steps = [...emptyRun({ runId, seq: 1, at, ...started }).steps.values()];
  const asTheyEnd = ends.flatMap((key) => steps.filter(({ itemPath }) => rowKeysOf(itemPath).join() === key));
  const media = (sha256: string) => ({ type: "media", kind: "image", sha256 }) as const;
  const makers = asTheyEnd.filter(({ type }) => type === "generate" || type === "edit");
  const bodies = [
    started,
    ...makers
      .toReversed()
      .flatMap(({ stepId }): RunEventBody[] => [{ type: "step-started", stepId, attempt: 1 }]),
    // The pictures first, as they feed the rest, but each node's own last item before its first.
    ...["picture", "cut"].flatMap((node) =>
      makers
        .filter(({ nodeId }) => nodeId === node)
        .map(({ stepId, itemPath }): RunEventBody => {
          const value = media(`${runId} ${node} ${rowKeysOf(itemPath).join()}`);
          return { type: "step-succeeded", stepId, cached: false, outputs: [{ portId: "out", value }] };
        }),
    ),
    ...asTheyEnd
      .filter(({ type }) => type === "publish")
      .map(({ stepId, itemPath }): RunEventBody => {
        const post: PostPreview = {
          ...{ platform: "instagram", accountId: "a", caption: rowKeysOf(itemPath).join(), params: {} },
          ...{ media: media("m"), digest: stepId },
        };
        return { type: "approval-requested", stepId, post };
      }),
    { type: "run-settled", outcome: "needs-you" } as const,
  ];
  const events = bodies.map((body, index): RunEvent => ({ runId, seq: index + 1, at: at + index, ...body }));
  await library.runs.add({
    ...{ runId, graphId: "g", graphName: "Fruit", scope: "s", serverLabel: "Sandbox", startedAt: at },
    ...{ steps: steps.length, graphJson: "{}", planJson: storedPlan(plan), optionsJson: "{}" },
  });
  for (const { stepId, itemPath, nodeId } of makers)
    await library.media.add(
      {
        ...{ sha256: `${runId} ${nodeId} ${rowKeysOf(itemPath).join()}`, kind: "image" },
        ...{ mimeType: "image/png", sizeBytes: stepId.length },
      },
      { kind: "person" },
      at,
    );
  const keeper = createRunKeeper(library, [], { plan });
  for (const event of events) await keeper.append([event], "now");
  const state = foldEvents(undefined, events);
  await writeRunReport(home, { state, saved: new Map(), hiddenFolders: [] });
  return state;
}

test("items stand in the table's order in every place that lists them, whichever ended first", async () => {
  const home = await mkdtemp(join(tmpdir(), "catwalk-order-"));
  const library = await openLibrary(home);
  onTestFinished(async () => {
    await library.close();
    await rm(home, { recursive: true, force: true });
  });
  await run("earlier", 1_000, join(home), library);
  const state = await run("later", 2_000, home, library);

  const groups = groupByNode(state);
  const rowOf = (stepId: string) => decodeURIComponent(stepId.split("/").at(-1) ?? "");
  expect(itemsOfRun(state, groups)?.rows.map(({ label }) => label)).toEqual(keys);
  for (const node of ["picture", "cut", "post"])
    expect(groups.get(node)?.stepIds.map(rowOf), `card of ${node}`).toEqual(keys);
  expect(waitingPosts(state).map(({ post }) => post.caption)).toEqual(keys);
  const ofNodes = ["picture", "cut", "post"].flatMap((node) => keys.map((key) => `${node}/t/${key}`));
  // The timeline draws the steps as they stand in the run.
  expect([...state.steps.keys()].slice(1)).toEqual(ofNodes);
  const report: { readonly steps: readonly { readonly stepId: string }[] } = JSON.parse(
    await readFile(join(home, "run 2.json"), "utf8"),
  );
  expect(report.steps.map(({ stepId }) => stepId).slice(1)).toEqual(ofNodes);
  expect(
    needsPersonLines(state, {}, { plain: "catwalk run", posting: "catwalk run --publish" })[1]?.trim(),
  ).toBe(
    `4 steps (${["pear", "10", "apple"].map((key) => `Publish to Instagram · ${key}`).join(", ")} and 1 more): not posted. They wait for an approval:`,
  );

  // Results: the last node first, as it is what the run was for.
  const results = (runId: string) =>
    ["cut", "picture"].flatMap((node) => keys.map((key) => `${runId} ${node} ${key}`));
  expect(totalsOf(state).outputs.shown.map(({ sha256 }) => sha256)).toEqual(results("later"));
  const gallery = createStudioGallery({ library, stateOf: async () => undefined, onRemoved() {} });
  const shown: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await gallery.list({ source: "made", limit: 3, cursor });
    if (page.source === "made") shown.push(...page.results.map(({ sha256 }) => sha256));
    cursor = page.next;
  } while (cursor !== undefined);
  expect(shown).toEqual([...results("later"), ...results("earlier")]);
});
