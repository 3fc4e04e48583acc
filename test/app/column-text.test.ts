import { describe, expect, test } from "vitest";
import { columnsFor, completed, firstFilled, openMark } from "../../app/forms/columns/column-text.ts";
import { indexGraph } from "../../src/graph/describe/graph-index.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { withColumnRenamed } from "../../src/graph/lists/templates.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../src/nodes/definitions.ts";
import { graphOf, nodeOf, tableOf } from "../support/graph-builders.ts";

const indexOf = (nodes: readonly GraphNode[], wires: readonly string[] = []) =>
  indexGraph(graphOf(nodes, wires), describeNode(builtInCatalogue));
const words = (text: string) => nodeOf("w", "prompt", { text });

describe("writing {{column}}", () => {
  test("a mark is open from its braces to the caret", () => {
    expect(openMark("a {{su", 6)).toEqual({ from: 2, typed: "su" });
    expect(openMark("a {{ su", 7)).toEqual({ from: 2, typed: "su" });
    expect(openMark("{{", 2)).toEqual({ from: 0, typed: "" });
    expect(openMark("a {{su}} b", 10)).toBeUndefined();
    expect(openMark("a \\{{su", 7)).toBeUndefined();
    expect(openMark("a {su", 5)).toBeUndefined();
    expect(openMark("a {{su", 2)).toBeUndefined();
  });

  test("choosing a column writes the whole mark and puts the caret behind it", () => {
    expect(completed("a {{su now", 6, "subject")).toEqual({ text: "a {{subject}} now", caret: 13 });
    expect(completed("a {{su}} now", 6, "subject")).toEqual({ text: "a {{subject}} now", caret: 13 });
  });

  test("columns of the tables that reach the node come first; those that two tables have are left out", () => {
    const tables = [tableOf("t", 2, ["name", "size"]), tableOf("u", 2, ["name", "color"])];
    const offered = (wires: readonly string[]) =>
      columnsFor(indexOf([...tables, words(""), nodeOf("s", "save")], wires), "s").map(({ name }) => name);
    expect(offered([])).toEqual(["size", "color"]);
    expect(offered(["u.column:color > s.text"])).toEqual(["name", "color", "size"]);
  });

  test("a column says its table only where there are several", () => {
    expect(columnsFor(indexOf([tableOf("t", 1, ["name"]), words("")]), "w")).toEqual([
      { name: "name", type: "text" },
    ]);
  });
});

describe("a text as the first item gets it", () => {
  test("is filled from the first row", () => {
    const filled = firstFilled(
      indexOf([tableOf("t", 3, ["name"]), words("See {{name}}, \\{{name}}.")]),
      "w",
      "text",
    );
    expect(filled).toEqual({ text: "See name 0, {{name}}.", keys: ["r0"], count: 3 });
  });

  test("is not shown where nothing is filled or a column is not known", () => {
    const of = (text: string, rows = 2) =>
      firstFilled(indexOf([tableOf("t", rows, ["name"]), words(text)]), "w", "text");
    expect(of("plain")).toBeUndefined();
    expect(of("{{gone}}")).toBeUndefined();
    expect(of("{{name}}", 0)).toBeUndefined();
  });
});

test("a renamed column is renamed in texts that name it, and nowhere else", () => {
  expect(withColumnRenamed("{{ a }} \\{{a}} {{ab}} a", "a", "b")).toBe("{{b}} \\{{a}} {{ab}} a");
});
