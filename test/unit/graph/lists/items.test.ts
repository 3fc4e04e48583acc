import { expect, test } from "vitest";
import type { RunSelection } from "../../../../src/graph/check/selection.ts";
import { validate } from "../../../../src/graph/check/validate.ts";
import { canConnect } from "../../../../src/graph/describe/wires.ts";
import type { Problem } from "../../../../src/graph/document/problems.ts";
import type { Graph, GraphNode } from "../../../../src/graph/document/schema.ts";
import type { Plan } from "../../../../src/graph/plan/plan.ts";
import { planRun } from "../../../../src/graph/plan/plan-run.ts";
import { builtInCatalogue } from "../../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../../src/nodes/definitions.ts";
import { fileOf, graphOf, nodeOf, tableOf } from "../../../support/graph-builders.ts";

const describe = describeNode(builtInCatalogue);
const words = (id: string, text: string) => nodeOf(id, "prompt", { text });
const image = (id: string, prompt = "", data: Partial<GraphNode["data"]> = {}): GraphNode => {
  const params = { family: "image", model: "nano-banana-2", prompt };
  return { ...nodeOf(id, "generate"), data: { params, ...data } };
};

function planned(graph: Graph, selection: RunSelection = { kind: "all" }): Plan {
  const result = planRun(graph, describe, selection);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join(" "));
  return result.plan;
}
const idsOf = (plan: Plan, nodeId: string) =>
  plan.steps.filter((step) => step.nodeId === nodeId).map(({ stepId }) => stepId);
const stepOf = (plan: Plan, stepId: string) => {
  const found = plan.steps.find((step) => step.stepId === stepId);
  if (!found) throw new Error(`No step ${stepId} among ${plan.steps.map((step) => step.stepId).join(" ")}.`);
  return found;
};
const problemsOf = (graph: Graph): Problem[] => validate(graph, describe);
const codesOf = (graph: Graph) => problemsOf(graph).map(({ code }) => code);

test("a table is one step, and what is wired to a column is one for each row", () => {
  const plan = planned(graphOf([tableOf("t", 3), image("g")], ["t.column:t-name > g.prompt"]));
  expect(plan.steps.map(({ stepId }) => stepId)).toEqual(["t", "g/t/r0", "g/t/r1", "g/t/r2"]);
  expect(stepOf(plan, "g/t/r1")).toMatchObject({
    itemPath: ["t", "r1"],
    inputs: [{ portId: "prompt", fromStep: "t", fromPort: "column:t-name", row: "r1" }],
  });
  expect(plan.tables?.get("t")?.rows).toHaveLength(3);
});

test("items go on along the wires, each to its own", () => {
  const plan = planned(
    graphOf(
      [tableOf("t", 2), image("g"), nodeOf("o", "edit", { operation: "textOverlay", text: "x" })],
      ["t.column:t-name > g.prompt", "g.out > o.media_0"],
    ),
  );
  expect(stepOf(plan, "o/t/r1").inputs).toEqual([{ portId: "media_0", fromStep: "g/t/r1", fromPort: "out" }]);
});

test("inputs that come from the same rows are joined by row, and single values go to every item", () => {
  const plan = planned(
    graphOf(
      [
        tableOf("t", 2, ["idea", "words"]),
        nodeOf("logo", "upload", { file: fileOf() }),
        image("g"),
        nodeOf("o", "edit", { operation: "textOverlay" }),
        image("both"),
      ],
      [
        "t.column:idea > g.prompt",
        "g.out > o.media_0",
        "t.column:words > o.text",
        "t.column:idea > both.prompt",
        "logo.out > both.reference_images",
      ],
    ),
  );
  expect(stepOf(plan, "o/t/r1").inputs).toMatchObject([{ fromStep: "g/t/r1" }, { row: "r1" }]);
  expect(stepOf(plan, "both/t/r1").inputs).toMatchObject([{ row: "r1" }, { fromStep: "logo" }]);
});

test("a list port takes the whole list in order, and only its own row's items where rows come in beside it", () => {
  const nodes = [tableOf("t", 3), image("g"), image("all", "a collage"), image("own")];
  const plan = planned(
    graphOf(nodes, [
      "t.column:t-name > g.prompt",
      "g.out > all.reference_images",
      "g.out > own.reference_images",
      "t.column:t-name > own.prompt",
    ]),
  );
  expect(stepOf(plan, "all").inputs).toEqual(
    ["r0", "r1", "r2"].map((row) => ({
      portId: "reference_images",
      fromStep: `g/t/${row}`,
      fromPort: "out",
      hole: "fail",
    })),
  );
  expect(stepOf(plan, "own/t/r2").inputs).toMatchObject([
    { portId: "prompt", row: "r2" },
    { portId: "reference_images", fromStep: "g/t/r2" },
  ]);
  expect(stepOf(plan, "own/t/r2").inputs[1]).not.toHaveProperty("hole");
});

test("Save takes one item at a time, from all of its wires", () => {
  const plan = planned(
    graphOf(
      [tableOf("t", 2), image("g"), nodeOf("s", "save", { name: "{{t-name}}" })],
      ["t.column:t-name > g.prompt", "g.out > s.in", "t.column:t-name > s.text"],
    ),
  );
  expect(stepOf(plan, "s/t/r1")).toMatchObject({
    params: { name: "t-name 1" },
    inputs: [{ fromStep: "g/t/r1" }, { row: "r1" }],
  });
});

test("lists without a table in common need a word: row by row, or each with each", () => {
  const graph = (combine?: "zip" | "cross", count = 2) =>
    graphOf(
      [
        tableOf("a", 2),
        tableOf("b", count),
        {
          ...nodeOf("o", "edit", { operation: "textOverlay" }),
          data: { params: { operation: "textOverlay" }, ...(combine ? { items: { combine } } : {}) },
        },
        image("g"),
      ],
      ["a.column:a-name > g.prompt", "g.out > o.media_0", "b.column:b-name > o.text"],
    );
  const unsaid = problemsOf(graph()).find(({ code }) => code === "combine-unsaid");
  expect(unsaid).toMatchObject({ nodeId: "o", severity: "error" });
  expect(unsaid?.remedy).toBe("Choose row by row (2 items), or each with each (4 items).");
  expect(idsOf(planned(graph("zip")), "o")).toEqual(["o/a/r0/b/r0", "o/a/r1/b/r1"]);
  expect(idsOf(planned(graph("cross", 3)), "o")).toHaveLength(6);
  expect(stepOf(planned(graph("cross", 3)), "o/a/r1/b/r2").inputs).toMatchObject([
    { fromStep: "g/a/r1" },
    { fromStep: "b", row: "r2" },
  ]);
  const unequal = problemsOf(graph("zip", 3))[0];
  expect(unequal).toMatchObject({ code: "zip-unequal", nodeId: "o" });
  expect(unequal?.message).toContain("2 items of “Table”, 3 items of “Table”");
});

test("a cross too large is told by its count, and nothing of it is made", () => {
  const big = graphOf(
    [
      tableOf("a", 10_000),
      tableOf("b", 10_000),
      { ...image("g"), data: { ...image("g", "{{a-name}} {{b-name}}").data, items: { combine: "cross" } } },
    ],
    [],
  );
  const problem = problemsOf(big).find(({ code }) => code === "too-many-items");
  expect(problem?.message).toContain("100,000,000 items");
});

test("an item that would find no partner is a problem, not left out", () => {
  const cross = { items: { combine: "cross" } } as const;
  const zip = { items: { combine: "zip" } } as const;
  const graph = graphOf(
    [
      tableOf("a", 2),
      tableOf("b", 2),
      image("crossed", "{{a-name}} {{b-name}}", cross),
      {
        ...words("zipped", "{{a-name}} {{b-name}}"),
        data: { params: { text: "{{a-name}} {{b-name}}" }, ...zip },
      },
      nodeOf("o", "edit", { operation: "textOverlay" }),
    ],
    ["crossed.out > o.media_0", "zipped.out > o.text"],
  );
  expect(problemsOf(graph).find(({ code }) => code === "items-unmatched")).toMatchObject({
    nodeId: "o",
    message: expect.stringContaining("2 of 4 items"),
  });
});

test("a column named in a text fills it in for each row; a wire over the text makes it count for nothing", () => {
  const plan = planned(
    graphOf(
      [
        tableOf("t", 2, ["name", "mood"]),
        image("g", "{{ name }}, {{mood}}, \\{{name}} {{}}"),
        words("w", "plain"),
        image("wired", "{{name}}"),
      ],
      ["w.out > wired.prompt"],
    ),
  );
  expect(stepOf(plan, "g/t/r1").params["prompt"]).toBe("name 1, mood 1, {{name}} {{}}");
  expect(idsOf(plan, "wired")).toEqual(["wired"]);
});

test("a column that is nowhere, or in two tables, is told", () => {
  const two = graphOf([tableOf("a", 2, ["name"]), tableOf("b", 2, ["name", "more"]), image("g", "{{name}}")]);
  expect(problemsOf(two)).toMatchObject([{ code: "ambiguous-column", nodeId: "g", param: "prompt" }]);
  expect(codesOf(graphOf([image("g", "{{name}}")]))).toEqual(["unknown-column"]);
  // The table that other columns lead to is the one that is meant, in whatever order they are named.
  const led = { ...two, nodes: [...two.nodes.slice(0, 2), image("g", "{{name}} {{more}}")] };
  expect(stepOf(planned(led), "g/b/r1").params["prompt"]).toBe("name 1 more 1");
});

test("a selection takes the tables that its texts name", () => {
  const graph = graphOf([tableOf("t", 2, ["name"]), image("g", "{{name}}"), words("other", "x")]);
  const nodesOf = (selection: RunSelection) => [
    ...new Set(planned(graph, selection).steps.map(({ nodeId }) => nodeId)),
  ];
  expect(nodesOf({ kind: "only", nodeIds: ["g"] })).toEqual(["t", "g"]);
  expect(nodesOf({ kind: "from", nodeIds: ["t"] })).toEqual(["t", "g"]);
});

test("too many or too few items for a list port are told by count; one wire of many items is no too few", () => {
  const nodes = (count: number) => [tableOf("t", count), image("g"), image("all", "a collage")];
  const wires = ["t.column:t-name > g.prompt", "g.out > all.reference_images"];
  expect(problemsOf(graphOf(nodes(40), wires))).toMatchObject([
    {
      code: "too-many-items",
      nodeId: "all",
      portId: "reference_images",
      message: expect.stringContaining("40"),
    },
  ]);
  expect(codesOf(graphOf(nodes(2), wires))).toEqual([]);
});

test("an empty table gives no steps, and an empty list to a list port", () => {
  const plan = planned(
    graphOf(
      [tableOf("t", 0), image("g"), image("all", "a collage")],
      ["t.column:t-name > g.prompt", "g.out > all.reference_images"],
    ),
  );
  expect(plan.steps.map(({ stepId }) => stepId)).toEqual(["t", "all"]);
  expect(stepOf(plan, "all").inputs).toEqual([]);
});

test("variations are further steps with the same inputs that feed nothing", () => {
  const plan = planned(
    graphOf(
      [tableOf("t", 2), image("g", "{{t-name}}", { variations: 3 }), nodeOf("s", "save")],
      ["g.out > s.in"],
    ),
  );
  expect(idsOf(plan, "g").slice(0, 3)).toEqual(["g/t/r0", "g/t/r0/#/2", "g/t/r0/#/3"]);
  expect(stepOf(plan, "g/t/r0/#/3").params).toBe(stepOf(plan, "g/t/r0").params);
  expect(plan.steps.filter(({ nodeId }) => nodeId === "s").flatMap(({ inputs }) => inputs)).toMatchObject([
    { fromStep: "g/t/r0" },
    { fromStep: "g/t/r1" },
  ]);
});

test("a wire from a column fits what takes its type, one at a time or as a list", () => {
  const graph = graphOf([
    tableOf("t", 2),
    image("g"),
    nodeOf("s", "save"),
    nodeOf("u", "edit", { operation: "trim" }),
  ]);
  const from = { source: "t", sourceHandle: "column:t-name" };
  expect(canConnect(graph, describe, { ...from, target: "g", targetHandle: "prompt" })).toEqual({ ok: true });
  expect(canConnect(graph, describe, { ...from, target: "s", targetHandle: "text" })).toEqual({ ok: true });
  expect(canConnect(graph, describe, { ...from, target: "u", targetHandle: "video_0" }).ok).toBe(false);
});

test("a Save's name gets the keys of the item's rows, unless it says a column or there is no item", () => {
  const nameIn = (name: string, wires: readonly string[], extra: readonly GraphNode[] = []) => {
    const save = nodeOf("s", "save", { name });
    return planned(graphOf([tableOf("t", 2), image("g", "a kite"), ...extra, save], wires))
      .steps.filter(({ nodeId }) => nodeId === "s")
      .map(({ params }) => params["name"]);
  };
  const mapped = ["t.column:t-name > g.prompt", "g.out > s.in"];
  expect(nameIn("kite", mapped)).toEqual(["kite r0", "kite r1"]);
  expect(nameIn("kite {{t-name}}", mapped)).toEqual(["kite t-name 0", "kite t-name 1"]);
  expect(nameIn("kite", ["g.out > s.in"])).toEqual(["kite"]);
});

test("ten thousand rows share what is the same", () => {
  const graph = (rows: number) =>
    graphOf(
      [
        tableOf("t", rows, ["name", "text"]),
        image("g", "{{name}}"),
        nodeOf("s", "save"),
        words("w", "{{text}}"),
      ],
      ["g.out > s.in", "w.out > s.text"],
    );
  const plan = planned(graph(10_000));
  expect(plan.steps).toHaveLength(30_001);
  const size = JSON.stringify(plan.outline).length;
  expect(size).toBeLessThan(1_500_000);
  const [one, other] = plan.steps.filter(({ nodeId }) => nodeId === "s");
  expect(one?.outputs).toBe(other?.outputs);
  // What names a file for each item cannot be shared; all other params are.
  expect([one?.params, other?.params]).toEqual([{ name: "result r0" }, { name: "result r1" }]);
  const still = planned(graphOf([tableOf("t", 2), image("g", "as it is")], ["t.column:t-name > g.prompt"]));
  const [first, second] = still.steps.filter(({ nodeId }) => nodeId === "g");
  expect(first?.params).toBe(second?.params);
});

const crossing = (nodes: number, rows: number, variations: number, text = "{{a-name}} {{b-name}}") => {
  const pictures = Array.from({ length: nodes }, (_, at) => {
    const node = nodeOf(`p${at}`, "generate", { family: "image", model: "nano-banana-2", prompt: text });
    return { ...node, data: { ...node.data, items: { combine: "cross" as const }, variations } };
  });
  return graphOf([tableOf("a", rows), tableOf("b", rows), ...pictures]);
};

test("a graph whose nodes are bounded and whose sum is not is told so before a step is made, whatever part of it is to run", () => {
  const graph = crossing(20, 316, 8);
  const found = problemsOf(graph).filter(({ code }) => code === "too-many-steps");
  expect(found).toMatchObject([
    { severity: "error", message: expect.stringContaining("more than 250,000 steps"), nodeId: "p0" },
  ]);
  expect(planRun(graph, describe, { kind: "to", nodeIds: ["p19"] })).toMatchObject({
    ok: false,
    problems: [{ code: "too-many-steps" }],
  });
});

test("what a graph may run in all counts variations, and texts that rows fill in, too", () => {
  expect(problemsOf(crossing(1, 316, 1))).toEqual([]);
  expect(problemsOf(crossing(1, 316, 8))).toMatchObject([{ code: "too-many-steps" }]);
  expect(problemsOf(crossing(1, 316, 1, `${"x".repeat(2000)}{{a-name}}{{b-name}}`))).toMatchObject([
    { code: "too-many-steps", message: expect.stringContaining("100,000,000 characters") },
  ]);
});
