import { expect, test } from "vitest";
import { startRun } from "../../../src/engine/index.ts";
import { foldEvents } from "../../../src/engine/record.ts";
import { planRun } from "../../../src/graph/plan/plan-run.ts";
import { openStoredPlan, storedPlan } from "../../../src/graph/plan/stored-plan.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../src/nodes/definitions.ts";
import { workOf } from "../../../src/nodes/executors.ts";
import {
  createWorld,
  failureOf,
  id,
  kindOf,
  kinds,
  remoteFailure,
  type StepSpec,
  step,
  type World,
} from "../../support/engine-world.ts";
import { fileOf, graphOf, nodeOf, tableOf } from "../../support/graph-builders.ts";

const describe = describeNode(builtInCatalogue);
const refusal = remoteFailure("forbidden", { status: 403 });

/** Three pictures, a post-production step for each, and one collage of them all. */
function batch(holes: "fail" | "use-rest"): StepSpec[] {
  const rows = ["1", "2", "3"];
  return [
    ...rows.map((row) => step.generate(`picture-${row}`)),
    ...rows.map((row) => step.edit(`trim-${row}`, "local", `picture-${row}`)),
    { ...step.generate("collage"), items: rows.map((row) => `trim-${row}`), holes },
    step.save("keep", "collage"),
  ];
}
const refuse = (world: World, name: string) =>
  world.rules.creates.set(name, [{ outcome: refusal }, { outcome: "accepted" }]);

test("an item that fails skips what depends on it, and the list that lacks it fails once every item has ended", async () => {
  const world = createWorld();
  refuse(world, "picture-2");
  world.rules.jobs.set("picture-3", [{ afterMs: 60_000 }]);
  const run = world.start(batch("fail"));
  await world.clock.advance(50_000);
  expect(kindOf(run, "collage")).toBe("waiting");
  await world.settle();
  expect(kinds(run)).toMatchObject({
    "trim-1": "succeeded",
    "trim-2": "skipped",
    "trim-3": "succeeded",
    collage: "failed",
    keep: "skipped",
  });
  expect(failureOf(run, "collage")).toMatchObject({
    code: "items-missing",
    message: "1 of 3 items is missing.",
    cost: "none",
  });
  expect(world.createsOf("collage")).toEqual([]);
});

test("a list that may use the rest is made of what succeeded, but not of nothing", async () => {
  const world = createWorld();
  refuse(world, "picture-2");
  const run = world.start(batch("use-rest"));
  await world.settle();
  expect(kindOf(run, "keep")).toBe("succeeded");
  const [sent] = world.createsOf("collage");
  expect(sent?.request.kind === "inference" && sent.request.body.attachmentMediaIds).toHaveLength(2);

  const unlucky = createWorld();
  for (const row of ["1", "2", "3"]) refuse(unlucky, `picture-${row}`);
  const failing = unlucky.start(batch("use-rest"));
  await unlucky.settle();
  expect(failureOf(failing, "collage")).toMatchObject({
    code: "items-missing",
    message: "3 of 3 items are missing.",
  });
});

test("retrying one item makes the list that lacked it, and nothing that was there", async () => {
  const world = createWorld();
  refuse(world, "picture-2");
  const run = world.start(batch("fail"));
  await world.settle();
  expect(run.retry(id("picture-2"))).toEqual({ ok: true });
  await world.settle();
  expect(new Set(Object.values(kinds(run)))).toEqual(new Set(["succeeded"]));
  expect(world.createsOf("picture-1")).toHaveLength(1);
  expect(world.createsOf("collage")).toHaveLength(1);
});

test("retrying the list makes what it lacks; one that uses the rest is made again as it is", async () => {
  const world = createWorld();
  refuse(world, "picture-2");
  const run = world.start(batch("fail"));
  await world.settle();
  run.retry(id("collage"));
  await world.settle();
  expect(kindOf(run, "keep")).toBe("succeeded");
  expect(world.createsOf("picture-2")).toHaveLength(2);

  const lenient = createWorld();
  refuse(lenient, "picture-2");
  refuse(lenient, "collage");
  const again = lenient.start(batch("use-rest"));
  await lenient.settle();
  expect(kindOf(again, "collage")).toBe("failed");
  again.retry(id("collage"));
  await lenient.settle();
  expect(kindOf(again, "keep")).toBe("succeeded");
  expect(lenient.createsOf("picture-2")).toHaveLength(1);
});

test("an item in doubt is no hole yet: the list waits until a person has decided", async () => {
  const world = createWorld();
  world.rules.creates.set("picture-2", [{ outcome: "inDoubt" }]);
  const run = world.start(batch("use-rest"));
  await world.settle();
  expect(kindOf(run, "collage")).toBe("waiting");
  run.settleDoubt(id("picture-2"), "skip");
  await world.settle();
  expect(kinds(run)).toMatchObject({ "picture-2": "skipped", "trim-2": "skipped", collage: "succeeded" });
});

test("a cancelled batch reaches quiet, and retrying its list makes the rest of it", async () => {
  const world = createWorld();
  const run = world.start(batch("fail"));
  await world.clock.advance(500);
  run.cancel();
  await world.settle();
  expect(kindOf(run, "collage")).toBe("cancelled");
  run.retry(id("collage"));
  await world.settle();
  expect(kindOf(run, "collage")).toBe("succeeded");
  expect(world.createsOf("picture-1")).toHaveLength(1);
});

test("a batch cut off at any event goes on to the same end, and makes nothing twice", async () => {
  const whole = createWorld();
  refuse(whole, "picture-2");
  const before = whole.start(batch("use-rest"));
  await whole.settle();
  for (let cut = 1; cut < whole.seen.journal.length; cut++) {
    const world = createWorld();
    refuse(world, "picture-2");
    const mortal = world.process(cut);
    world.startIn(mortal, batch("use-rest"));
    await world.settle();
    mortal.kill();
    const run = world.resume(batch("use-rest"), { inDoubt: "skip" });
    await world.settle();
    const doubted =
      Object.values(kinds(run)).includes("in-doubt") || world.eventsOf("doubt-settled").length > 0;
    if (!doubted) expect(kinds(run), `cut at ${cut}`).toEqual(kinds(before));
    for (const name of ["picture-1", "picture-3", "collage"])
      expect(world.createsOf(name).length, `${name}, cut at ${cut}`).toBeLessThanOrEqual(1);
  }
});

const graph = graphOf(
  [
    nodeOf("t", "table", {
      columns: [
        { name: "idea", type: "text" },
        { name: "photo", type: "image" },
      ],
      rows: ["one", "two"].map((key, row) => ({
        key,
        cells: { idea: `An idea ${key}`, photo: fileOf(`${key}.jpg`, { sha256: `${row}`.repeat(64) }) },
      })),
    }),
    nodeOf("g", "generate", { family: "image", model: "nano-banana-2" }),
    nodeOf("keep", "save", { name: "{{photo}}" }),
  ],
  [
    "t.column:idea > g.prompt",
    "t.column:photo > g.reference_images",
    "g.out > keep.in",
    "t.column:photo > keep.in",
  ],
);
function planned(of = graph) {
  const result = planRun(of, describe, { kind: "all" });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join(" "));
  return result.plan;
}

test("cells come in as the plan has them; their files are sent when a create needs them, and saved as they are", async () => {
  const world = createWorld();
  startRun({ runId: "run-1", plan: planned(), workOf }, world.deps);
  await world.settle();
  // The list port takes both photos only where it is not the row's own: here idea and photo share their row.
  expect(world.seen.creates.map(({ request }) => request.kind === "inference" && request.body)).toMatchObject(
    [
      { prompt: "An idea one", attachmentMediaIds: [`media-of-${"0".repeat(64)}`] },
      { prompt: "An idea two", attachmentMediaIds: [`media-of-${"1".repeat(64)}`] },
    ],
  );
  expect(world.seen.saved.map(({ name, items }) => [name, items.length])).toEqual([
    ["one.jpg", 2],
    ["two.jpg", 2],
  ]);
});

test("a run of many steps is told in small, and folds to the same steps as the plan has", async () => {
  const world = createWorld();
  const plan = planned(
    graphOf(
      [
        tableOf("a", 3),
        tableOf("b", 2),
        {
          ...nodeOf("g", "generate"),
          data: {
            params: { family: "image", model: "nano-banana-2", prompt: "{{a-name}} {{b-name}}" },
            items: { combine: "cross" },
            variations: 2,
          },
        },
        nodeOf("keep", "save"),
      ],
      ["g.out > keep.in", "a.column:a-name > keep.text"],
    ),
  );
  const run = startRun({ runId: "run-1", plan, workOf }, world.deps);
  await world.settle();
  const [started] = world.seen.journal;
  if (started?.type !== "run-started") throw new Error("A run begins with run-started.");
  expect("nodes" in started.steps).toBe(true);
  expect(foldEvents(undefined, world.seen.journal)).toEqual(run.state());
  expect(
    [...run.state().steps.values()].map(({ stepId, nodeId, itemPath, type, title, needs }) => ({
      ...{ stepId, nodeId, itemPath, type, title, needs },
    })),
  ).toEqual(
    plan.steps.map(({ stepId, nodeId, itemPath, type, title, inputs }) => ({
      ...{ stepId, nodeId, itemPath, type, title },
      needs: [...new Set(inputs.map(({ fromStep }) => fromStep))],
    })),
  );
  expect(openStoredPlan(storedPlan(plan))).toEqual(plan);
});

test("a plan that was stored step by step still opens", () => {
  const { graphId, graphName, steps } = planned();
  expect(openStoredPlan(JSON.stringify({ graphId, graphName, steps }))).toEqual({
    graphId,
    graphName,
    steps,
  });
});
