import { describe, expect, test } from "vitest";
import { validate } from "../../../../src/graph/check/validate.ts";
import type { TableColumn, TableRow } from "../../../../src/graph/describe/table.ts";
import { builtInCatalogue } from "../../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../../src/nodes/definitions.ts";
import { fileOf, graphOf, nodeOf } from "../../../support/graph-builders.ts";

const describeTable = (columns: readonly TableColumn[], rows: readonly TableRow[]) => {
  const description = describeNode(builtInCatalogue)(nodeOf("t", "table", { columns, rows }));
  if (!description) throw new Error("A table is known.");
  return description;
};
const messages = (columns: readonly TableColumn[], rows: readonly TableRow[]) =>
  describeTable(columns, rows).problems.map(({ param, message }) => `${param}: ${message}`);

const text: TableColumn = { name: "subject", type: "text" };
const photo: TableColumn = { name: "photo", type: "image" };

describe("a Table", () => {
  test("gives a list for each column, of the column's type", () => {
    const { ports, table } = describeTable([text, photo], []);
    expect(ports.outputs).toEqual([
      { id: "column:subject", label: "subject", type: "text", list: true },
      { id: "column:photo", label: "photo", type: "image", list: true },
    ]);
    expect(table?.columns).toHaveLength(2);
  });

  test("without rows is a warning that stops nothing", () => {
    const problems = validate(graphOf([nodeOf("t", "table")]), describeNode(builtInCatalogue));
    expect(problems).toMatchObject([{ code: "table-empty", severity: "warning", nodeId: "t" }]);
  });

  test("is well with texts, files and cells left out", () => {
    const cells = { subject: "shoe", photo: fileOf() };
    expect(
      messages(
        [text, photo],
        [
          { key: "1", cells },
          { key: "2", cells: { photo: fileOf() } },
        ],
      ),
    ).toEqual([]);
  });

  test("says which rows have the same key or none", () => {
    const rows = ["a", "b", "a", " "].map((key) => ({ key, cells: { subject: "shoe" } }));
    expect(messages([text], rows)).toEqual([
      "rows.2: Rows 1 and 3 have the same key, “a”.",
      "rows.3: Row 4 has no key.",
    ]);
  });

  test("says which columns have the same name or one that cannot be written in a prompt", () => {
    const columns = [text, text, { ...text, name: "a}b" }, { ...text, name: "" }];
    expect(messages(columns, [{ key: "1", cells: { subject: "shoe" } }])).toEqual([
      "columns.1: Two columns are called “subject”.",
      "columns.2: “a}b” holds a brace or a line end.",
      "columns.3: A column has no name.",
    ]);
  });

  test("says which cells do not fit their column", () => {
    const row = (key: string, cells: TableRow["cells"]) => ({ key, cells });
    const clip = fileOf("clip.mp4", { kind: "video", mimeType: "video/mp4" });
    const rows = [
      row("a", { subject: fileOf(), photo: "photo.jpg" }),
      row("b", { photo: clip }),
      row("c", { subject: "shoe" }),
      row("d", { photo: fileOf("x.png", { path: "../x.png" }) }),
      row("e", { photo: fileOf("x.txt", { mimeType: "text/plain" }) }),
    ];
    expect(messages([text, photo], rows)).toEqual([
      "rows.0.cells.subject: Row “a”, subject: a file stands in a column of texts.",
      "rows.0.cells.photo: Row “a”, photo: the text “photo.jpg” stands in a column of files.",
      "rows.1.cells.photo: Row “b”, photo: “clip.mp4” is video, and the column takes image.",
      "rows.2.cells.photo: Row “c”, photo: no file is chosen.",
      "rows.3.cells.photo: Row “d”, photo: “x.png” is not named by a path inside the graph's folder.",
      "rows.4.cells.photo: Row “e”, photo: “x.txt” is of the type text/plain, which cannot be uploaded.",
    ]);
  });

  test("tells twenty faults of cells and counts the rest", () => {
    const rows = Array.from({ length: 500 }, (_, index) => ({
      key: String(index),
      cells: { subject: "shoe" },
    }));
    const told = messages([text, photo], rows);
    expect(told).toHaveLength(21);
    expect(told.at(-1)).toBe("rows: 480 more rows of the table have faults like these.");
  });

  test("takes at most 20,000 rows", () => {
    const rows = Array.from({ length: 20_001 }, (_, index) => ({
      key: String(index),
      cells: { subject: "x" },
    }));
    expect(messages([text], rows)).toEqual(["rows: The table has 20,001 rows; at most 20,000 are taken."]);
  });

  test("has no row where nothing is seen in any cell, and says how many it left out", () => {
    const unseen = [" ", "\u200b", "\ufeff", "\u2060 \u00ad", "\u3164", "\u2800", "\u202e\u0000"];
    const rows: TableRow[] = [
      { key: "shoe", cells: { subject: "shoe" } },
      ...unseen.map((subject) => ({ key: `has ${subject.charCodeAt(0)}`, cells: { subject } })),
      { key: "new", cells: {} },
      { key: "of a column that is gone", cells: { old: "hat" } },
    ];
    const { table, problems } = describeTable(
      [text, photo],
      rows.map((row, at) => (at === 0 ? { ...row, cells: { ...row.cells, photo: fileOf() } } : row)),
    );
    expect(table?.rows.map(({ key }) => key)).toEqual(["shoe"]);
    expect(problems).toMatchObject([
      {
        ...{ code: "blank-rows", severity: "warning" },
        message: "9 rows of the table are empty, and nothing runs for them.",
      },
    ]);
  });

  test("with empty rows alone says that nothing runs", () => {
    const rows = ["1", "2"].map((key) => ({ key, cells: {} }));
    expect(describeTable([text], rows).problems).toMatchObject([
      {
        code: "table-empty",
        severity: "warning",
        message: expect.stringContaining("All rows of the table are empty"),
      },
    ]);
  });
});
