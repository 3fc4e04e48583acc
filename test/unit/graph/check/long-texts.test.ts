import { expect, test } from "vitest";
import { validate } from "../../../../src/graph/check/validate.ts";
import type { GraphNode } from "../../../../src/graph/document/schema.ts";
import { planRun } from "../../../../src/graph/plan/plan-run.ts";
import { builtInCatalogue } from "../../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../../src/nodes/definitions.ts";
import { fileOf, graphOf, nodeOf } from "../../../support/graph-builders.ts";

const describe = describeNode(builtInCatalogue);

const table = (id: string, cells: Readonly<Record<string, string>>, column = "words"): GraphNode =>
  nodeOf(id, "table", {
    columns: [{ name: column, type: "text" }],
    rows: Object.entries(cells).map(([key, cell]) => ({ key, cells: { [column]: cell } })),
  });
const photo = nodeOf("photo", "upload", { file: fileOf() });
const post = (caption: string, data: Partial<GraphNode["data"]> = {}): GraphNode => ({
  ...nodeOf("post", "publish"),
  data: { params: { platform: "instagram", accountId: "1", caption }, ...data },
});
const long = "x".repeat(2195);

const problemsOf = (nodes: readonly GraphNode[], wires: readonly string[] = []) =>
  validate(graphOf([photo, ...nodes], ["photo.out > post.media", ...wires]), describe);

test("a caption that a row makes too long is a problem before the run, and names the row", () => {
  const rows = table("t", { shoe: "short", hat: long, scarf: "short, too" });
  const graph = graphOf([photo, rows, post("Look: {{words}}")], ["photo.out > post.media"]);
  const problem = {
    code: "invalid-param",
    severity: "error",
    message:
      "Caption of “Publish to Instagram” has 2,201 characters in the row “hat”; at most 2,200 are taken.",
    nodeId: "post",
    param: "caption",
  };
  expect(validate(graph, describe)).toMatchObject([problem]);
  expect(planRun(graph, describe, { kind: "all" })).toMatchObject({ ok: false, problems: [problem] });
});

test("what just fits is no problem, and each time a column stands in a text it counts", () => {
  const rows = table("t", { hat: "x".repeat(1100) });
  expect(problemsOf([rows, post("{{words}}{{words}}")])).toEqual([]);
  expect(problemsOf([rows, post("{{words}}.{{words}}")])).toHaveLength(1);
});

test("several rows are one problem, with the first by name and the others by number", () => {
  const [problem, ...others] = problemsOf([
    table("t", { a: "short", b: long, c: long, d: long }),
    post("Look: {{words}}"),
  ]);
  expect(others).toEqual([]);
  expect(problem?.message).toContain("in the row “b”");
  expect(problem?.message).toContain("in 2 other items it is too long, too.");
});

test("of two tables only the combinations that are too long count", () => {
  const half = "x".repeat(1500);
  const problems = problemsOf([
    table("t", { a: "s", b: half }),
    table("u", { c: "s", d: half }, "more"),
    post("{{words}}{{more}}", { items: { combine: "cross" } }),
  ]);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.message).toContain("3,000 characters in the row “b · d”; at most 2,200 are taken.");
});

test("a column that is wired to the caption is looked at, and then the text on the card is not", () => {
  const rows = table("t", { a: "short", b: "x".repeat(2300) });
  const [problem] = problemsOf([rows, post("{{words}}{{words}}")], ["t.column:words > post.caption"]);
  expect(problem?.message).toContain("2,300 characters in the row “b”");
});

test("a caption that a Prompt gives is measured as it arrives, row by row", () => {
  const caption = (text: string) => nodeOf("caption", "prompt", { text });
  const wired = (text: string, rows: readonly GraphNode[] = []) =>
    problemsOf([...rows, caption(text), post("")], ["caption.out > post.caption"]);
  expect(wired("x".repeat(2200))).toEqual([]);
  expect(wired("x".repeat(2201))).toMatchObject([
    {
      message: "Caption of “Publish to Instagram” has 2,201 characters; at most 2,200 are taken.",
      remedy: "Shorten the text that is wired to it.",
      nodeId: "post",
    },
  ]);
  expect(wired("Look: {{words}}", [table("t", { shoe: "short", hat: long })])).toMatchObject([
    {
      message:
        "Caption of “Publish to Instagram” has 2,201 characters in the row “hat”; at most 2,200 are taken.",
    },
  ]);
});
