import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { waitingPosts } from "../../../app/runs/approval-choice.ts";
import { itemsOfRun, updateItems } from "../../../app/stores/run-items.ts";
import { groupByNode, regroup } from "../../../app/stores/run-steps.ts";
import { doneWords, runCountWords } from "../../../app/words/count-words.ts";
import { stepsThrough } from "../../../app/words/event-words.ts";
import {
  allDoubts,
  emptyRun,
  type Failure,
  foldEvents,
  type RunEvent,
  type RunEventBody,
  type RunState,
  runCounts,
  type Scope,
  type StatusGroup,
  type StepStatus,
} from "../../../src/engine/record.ts";
import { countSteps } from "../../../src/graph/plan/outline.ts";
import { headsOf } from "../../../src/graph/plan/plan-outline.ts";
import { planRun } from "../../../src/graph/plan/plan-run.ts";
import { exitCode } from "../../../src/hosts/terminal/exit-codes.ts";
import { needsPersonLines } from "../../../src/hosts/terminal/needs-person.ts";
import { summaryLine } from "../../../src/hosts/terminal/run-printer.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../src/nodes/definitions.ts";
import { nodeRecords, progressOf, totalsOf } from "../../../src/studio/runs/run-record.ts";
import { writeRunReport } from "../../../src/studio/runs/run-report.ts";
import { graphOf, nodeOf, tableOf } from "../../support/graph-builders.ts";

/** Six rows, two pictures of each, a cut and a post of each. */
const graph = graphOf(
  [
    tableOf("t", 6),
    {
      ...nodeOf("picture", "generate"),
      data: {
        params: { family: "image", model: "nano-banana-2", prompt: "{{t-name}}" },
        variations: 2,
      },
    },
    nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
    nodeOf("post", "publish", { platform: "instagram", accountId: "a", caption: "{{t-name}}" }),
  ],
  ["picture.out > cut.image_0", "cut.out > post.media"],
);

const failure: Failure = { code: "x", message: "No.", remedy: "Retry.", cost: "unknown", retryable: true };
const job = { kind: "inference", id: "job" } as const;

/** How each step of the batch stands, by node and row; all others are done. */
const ends: { readonly [step: string]: (stepId: never) => readonly RunEventBody[] } = {
  "picture/t/r0": (stepId) => [{ type: "step-failed", stepId, failure }],
  "cut/t/r0": (stepId) => [
    { type: "step-skipped", stepId, reason: { kind: "upstream", stepId: "picture/t/r0" as never } },
  ],
  "post/t/r0": (stepId) => [
    { type: "step-skipped", stepId, reason: { kind: "upstream", stepId: "picture/t/r0" as never } },
  ],
  "picture/t/r1": (stepId) => [{ type: "step-succeeded", stepId, cached: true, outputs: [] }],
  "picture/t/r2/#/2": (stepId) => [
    { type: "create-intended", stepId, attempt: 1, jobKind: "inference", requestDigest: "d" },
    { type: "create-in-doubt", stepId, attempt: 1, failure },
  ],
  "cut/t/r3": () => [],
  "post/t/r3": () => [],
  "cut/t/r4": (stepId) => [
    { type: "job-accepted", stepId, attempt: 1, job },
    { type: "step-overdue", stepId, job },
  ],
  "post/t/r4": () => [],
  "post/t/r1": (stepId) => [
    { type: "job-accepted", stepId, attempt: 1, job: { kind: "publish", id: "p" } },
    { type: "step-overdue", stepId, job: { kind: "publish", id: "p" } },
  ],
  "post/t/r2": (stepId) => [{ type: "approval-requested", stepId, post: postOf("r2") }],
  "post/t/r5": (stepId) => [{ type: "approval-requested", stepId, post: postOf("r5") }],
};
const waits: ReadonlySet<string> = new Set(["post/t/r3", "post/t/r4"]);

function postOf(digest: string) {
  return {
    ...{ platform: "instagram" as const, accountId: "a", caption: digest, params: {}, digest },
    media: { type: "media" as const, kind: "image" as const, sha256: digest },
  };
}

/** The states of the batch, one after each event. */
function run(): { readonly events: readonly RunEvent[]; readonly planned: number } {
  const result = planRun(graph, describeNode(builtInCatalogue), { kind: "all" });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join(" "));
  const { plan } = result;
  if (!plan.outline) throw new Error("A batch has a plan in its small form.");
  const heads = headsOf(plan.outline);
  const started: RunEventBody = {
    ...{ type: "run-started", graphId: "g", graphName: "Batch", scope: "s" as Scope },
    ...{ serverLabel: "Live", steps: heads },
  };
  const steps = [...emptyRun({ runId: "r", seq: 1, at: 0, ...started }).steps.values()];
  const bodies = steps.flatMap(({ stepId }): readonly RunEventBody[] => {
    if (waits.has(stepId)) return [];
    const end = ends[stepId]?.(stepId as never) ?? [
      { type: "step-succeeded", stepId, cached: false, outputs: [] },
    ];
    const skipped = end[0]?.type === "step-skipped";
    return [...(skipped ? [] : [{ type: "step-started", stepId, attempt: 1 } as const]), ...end];
  });
  const events = [started, ...bodies].map((body, at): RunEvent => ({ runId: "r", seq: at + 1, at, ...body }));
  return { events, planned: countSteps(heads) };
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);

test("every place that counts the steps of a batch says the same of it", async () => {
  const { events, planned } = run();
  const state = foldEvents(undefined, events);
  const counts = runCounts(state);
  expect(counts).toEqual({
    ...{ steps: 25, waiting: 2, running: 1, done: 14, cached: 1, failed: 1, skipped: 2, cancelled: 0 },
    // A picture and a post of which nobody can say; these, the job that is late and two posts wait for a person.
    ...{ inDoubt: 2, needsYou: 5 },
  });
  expect(planned).toBe(counts.steps);

  // The window: the strip, the bar above, lists, the cards, and the items.
  expect(runCountWords(counts, { interrupted: false })).toBe(
    "14 of 25 done · 1 running · 5 need you · 1 failed · 2 skipped",
  );
  const { done, failed } = progressOf(state);
  expect([doneWords({ done, steps: counts.steps }), failed, totalsOf(state).needsYou]).toEqual([
    "14 of 25 done",
    counts.failed,
    counts.needsYou,
  ]);
  const posts = waitingPosts(state).length;
  expect([posts, allDoubts(state).length]).toEqual([2, counts.inDoubt]);
  expect(stepsThrough(state)).toBe(counts.steps - counts.waiting - counts.running - posts);
  const ofCards = (groups: ReturnType<typeof groupByNode>, kind: StatusGroup) =>
    sum([...groups.values()].map(({ counts }) => counts[kind]));
  for (const groups of [groupByNode(state), groupedStepByStep(events)])
    expect({
      waiting: ofCards(groups, "waiting"),
      running: ofCards(groups, "running"),
      done: ofCards(groups, "done"),
      failed: ofCards(groups, "failed"),
      leftOut: ofCards(groups, "left-out"),
      needsYou: ofCards(groups, "needs-you"),
    }).toEqual({
      ...{ waiting: counts.waiting, running: counts.running, done: counts.done, failed: counts.failed },
      ...{ leftOut: counts.skipped + counts.cancelled, needsYou: counts.needsYou },
    });
  const items = itemsOfRun(state, groupByNode(state));
  expect([items?.rows.length, sum(Object.values(items?.counts ?? {}))]).toEqual([6, 6]);
  // Worst first: r0 failed, r1, r2, r4 and r5 have something that needs a person, and r3 goes on.
  expect(items?.counts).toMatchObject({ failed: 1, "needs-you": 4, running: 1 });
  expect(itemsStepByStep(events)?.counts).toEqual(items?.counts);

  // History, by node.
  const records = nodeRecords(state);
  const ofRecords = (...kinds: readonly StepStatus["kind"][]) =>
    sum(records.flatMap(({ statuses }) => kinds.map((kind) => statuses[kind] ?? 0)));
  expect([
    sum(records.map(({ steps }) => steps)),
    ofRecords("succeeded"),
    sum(records.map(({ cached }) => cached)),
    ofRecords("failed"),
    ofRecords("skipped"),
    ofRecords("in-doubt", "outcome-unknown"),
  ]).toEqual([counts.steps, counts.done, counts.cached, counts.failed, counts.skipped, counts.inDoubt]);

  // The command line and its report.
  expect(summaryLine(state, exitCode.stepFailed)).toBe(
    "run r: failed; steps=25 done=14 cached=1 failed=1 skipped=2 inDoubt=2",
  );
  expect(
    needsOf(needsPersonLines(state, {}, { plain: "catwalk run", posting: "catwalk run --publish" })),
  ).toBe(counts.needsYou);
  const folder = await mkdtemp(join(tmpdir(), "catwalk-counts-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeRunReport(folder, { state, saved: new Map(), hiddenFolders: [] });
  const report: { readonly counts: unknown; readonly steps: readonly { readonly status: string }[] } =
    JSON.parse(await readFile(join(folder, "run.json"), "utf8"));
  expect(report.counts).toEqual(counts);
  const ofReport = (kind: string) => report.steps.filter(({ status }) => status === kind).length;
  expect([report.steps.length, ofReport("succeeded"), ofReport("failed"), ofReport("skipped")]).toEqual([
    counts.steps,
    counts.done,
    counts.failed,
    counts.skipped,
  ]);
});

/** As the window keeps them up: event by event. */
function groupedStepByStep(events: readonly RunEvent[]) {
  const [first, ...rest] = events;
  if (!first) throw new Error("A run begins with an event.");
  let state: RunState = foldEvents(undefined, [first]);
  let groups = groupByNode(state);
  for (const event of rest) {
    const next = foldEvents(state, [event]);
    groups = regroup(groups, state, next, "stepId" in event ? [event.stepId] : []);
    state = next;
  }
  return groups;
}

function itemsStepByStep(events: readonly RunEvent[]) {
  const [first, ...rest] = events;
  if (!first) throw new Error("A run begins with an event.");
  let state: RunState = foldEvents(undefined, [first]);
  let items = itemsOfRun(state, groupByNode(state));
  for (const event of rest) {
    state = foldEvents(state, [event]);
    items = items && updateItems(items, state, "stepId" in event ? [event.stepId] : []);
  }
  return items;
}

/** How many steps the lines speak of: those they name one by one, and those they count. */
function needsOf(lines: readonly string[]): number {
  return sum(
    lines
      .slice(1)
      .filter((line) => !line.startsWith("      "))
      .map((line) => Number(/^ {2}(\d+) steps \(/.exec(line)?.[1] ?? 1)),
  );
}
