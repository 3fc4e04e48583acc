import { describe, expect, test } from "vitest";
import type { UploadFile } from "../../../../src/graph/document/files.ts";
import type { TableParams } from "../../../../src/nodes/table/definition.ts";
import { addFiles, filesWanted, fillTable, guessTypes } from "../../../../src/nodes/table/fill-table.ts";
import { decodeTable, readTextTable } from "../../../../src/nodes/table/read-table.ts";

const empty: TableParams = { columns: [], rows: [] };

function read(text: string, name = "rows.csv") {
  const result = readTextTable(name, text);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.table;
}

function faults(text: string, name = "rows.csv") {
  const result = readTextTable(name, text);
  return result.ok
    ? []
    : result.faults.map(({ where, message }) => (where ? `${where}: ${message}` : message));
}

function filled(text: string, before: TableParams = empty, files = new Map<string, UploadFile>()) {
  const table = read(text);
  return fillTable(table, guessTypes(table, before), files, before);
}

const file = (name: string): UploadFile => ({
  ...{ name, sha256: "a".repeat(64), sizeBytes: 3, kind: "image", mimeType: "image/png" },
});

describe("rows from CSV", () => {
  test("become text columns and numbered rows", () => {
    expect(filled("subject,color\nshoe,red\nhat,blue\n")).toEqual({
      columns: [
        { name: "subject", type: "text" },
        { name: "color", type: "text" },
      ],
      rows: [
        { key: "1", cells: { subject: "shoe", color: "red" } },
        { key: "2", cells: { subject: "hat", color: "blue" } },
      ],
    });
  });

  test("are known by numbers where the column of keys has doubles or gaps, and that is said with the values", () => {
    const doubles = read("id,x\na,1\na,2\nc,3");
    expect(doubles.rows.map(({ key }) => key)).toEqual([undefined, undefined, undefined]);
    expect(doubles.keyWarning).toMatch(/^“id” has “a” more than once, so rows are known by numbers\./);
    expect(read("Key,x\n,1\nb,2").keyWarning).toMatch(/^“Key” is empty in some rows, so/);
    const many = Array.from({ length: 16 }, (_, at) => `v${at >> 1},${at}`).join("\n");
    expect(read(`id,x\n${many}`).keyWarning).toMatch(/“v4” and 3 others more than once/);
    expect(read("id,x\na,1\nb,2").keyWarning).toBeUndefined();
    expect(read("x\n1\n1").keyWarning).toBeUndefined();
  });

  test("take their keys from a column id or key without doubles, the first that has none", () => {
    expect(filled("id,x\na,1\nb,2").rows.map(({ key }) => key)).toEqual(["a", "b"]);
    expect(filled("Key,x\na,1\na,2").rows.map(({ key }) => key)).toEqual(["1", "2"]);
    expect(filled("key,id\na,1\na,2").rows.map(({ key }) => key)).toEqual(["1", "2"]);
    expect(read("key,id\na,x\na,y").keyWarning).toBeUndefined();
  });

  test("keep the number they were given when they are imported again, wherever they stand", () => {
    const before = filled("subject\nshoe\nhat\nhat\n");
    const after = filled("subject\nhat\nscarf\nshoe\nhat\n", before);
    expect(after.rows.map(({ key, cells }) => `${key} ${cells["subject"]}`)).toEqual([
      "2 hat",
      "4 scarf",
      "1 shoe",
      "3 hat",
    ]);
  });

  test("every line with too few or too many fields is told, and nothing is taken", () => {
    expect(faults("a,b\n1,2\n3\n4,5,6\n")).toEqual([
      "Line 3: It has 1 field, but the header has 2.",
      "Line 4: It has 3 fields, but the header has 2.",
    ]);
  });

  test("a thousand faults are counted after the first twenty", () => {
    const told = faults(`a,b\n${"1\n".repeat(1000)}`);
    expect(told).toHaveLength(21);
    expect(told.at(-1)).toBe("And 980 more of the kind.");
  });

  test.each([
    ["", "The file is empty."],
    ["a,b\n", "There is a header, but no row under it."],
    ["a,a\n1,2", "Header: Two columns are called “a”."],
    ["a,\n1,2", "Header: Column 2: A column has no name."],
    ["a,{b}\n1,2", "Header: Column 2: “{b}” holds a brace or a line end."],
    ["__proto__\n1", "Header: Column 1: A column cannot be called __proto__."],
    [`a\n${"1\n".repeat(20_001)}`, "The file has 20,001 rows; a table takes at most 20,000."],
  ])("refuses %#", (text, message) => {
    expect(faults(text)).toEqual([message]);
  });
});

describe("rows from JSON", () => {
  test("come from an array of objects or an object of arrays", () => {
    const rows = [
      ["shoe", "2"],
      ["hat", "true"],
    ];
    const objects = JSON.stringify([
      { subject: "shoe", n: 2 },
      { n: true, subject: "hat" },
    ]);
    const arrays = JSON.stringify({ subject: ["shoe", "hat"], n: [2, true] });
    expect(read(objects, "r.json").rows.map(({ cells }) => cells)).toEqual(rows);
    expect(read(arrays, "r.json").rows.map(({ cells }) => cells)).toEqual(rows);
  });

  test("a key that an object lacks is an empty text", () => {
    expect(read('[{"a":"1"},{"b":"2"}]', "r.json").rows.map(({ cells }) => cells)).toEqual([
      ["1", ""],
      ["", "2"],
    ]);
  });

  test.each([
    ['[{"a":1},2]', "Row 2: It is no object."],
    ['[{"a":[1]}]', "Row 1: “a” holds an array."],
    ['{"a":["1"],"b":[]}', "Column “b”: It has 0 values, but the first column has 1."],
    ['{"a":1}', "Column “a”: It is no array."],
    ["[]", "The JSON holds no rows."],
    ["7", "The JSON holds neither an array nor an object."],
  ])("refuses %s", (text, message) => {
    expect(faults(text, "r.json")).toEqual([message]);
  });

  test("says the line where it stops being JSON", () => {
    expect(faults('[\n{"a": 1}\n{"a": 2}\n]', "r.json")).toEqual([
      "Line 3: The file is not JSON from here on.",
    ]);
  });
});

describe("files in cells", () => {
  const csv = "photo,caption\nred.png,A red shoe\nsub/blue.jpg,See blue.mp4\nred.png,\n";

  test("a column whose cells all name files of one kind is a column of files", () => {
    const table = read(csv);
    expect(guessTypes(table, empty)).toEqual(
      new Map([
        ["photo", "image"],
        ["caption", "text"],
      ]),
    );
    expect(filesWanted(table, guessTypes(table, empty))).toEqual([
      { path: "red.png", column: "photo", where: "Line 2" },
      { path: "sub/blue.jpg", column: "photo", where: "Line 3" },
    ]);
  });

  test("the types that the node has already win", () => {
    const before: TableParams = { columns: [{ name: "photo", type: "text" }], rows: [] };
    expect(guessTypes(read(csv), before).get("photo")).toBe("text");
  });

  test("cells get the files that were found, the others stay empty", () => {
    const rows = filled(csv, empty, new Map([["red.png", file("red.png")]])).rows;
    expect(rows.map(({ cells }) => cells["photo"])).toEqual([file("red.png"), "", file("red.png")]);
  });

  test("a folder is a row for each file of its kind, with keys that differ", () => {
    const clip = { ...file("c.mp4"), kind: "video" as const, mimeType: "video/mp4" };
    const other = { ...file("a.png"), sha256: "b".repeat(64) };
    const first = addFiles(empty, [file("a.png"), clip, other], "image");
    expect(first.columns.map(({ name }) => name)).toEqual(["image", "name"]);
    const keys = (table: TableParams) => table.rows.map(({ key, cells }) => `${key}: ${cells["name"]}`);
    expect(keys(first)).toEqual(["a.png: a", "a.png 2: a"]);
    expect(keys(addFiles(first, [other, file("b.png")], "image"))).toEqual([
      "a.png: a",
      "a.png 2: a",
      "b.png: undefined",
    ]);
  });
});

describe("bytes", () => {
  test("UTF-16 is read, other encodings and too many bytes are refused", () => {
    const utf16 = new Uint8Array([0xff, 0xfe, 0xe9, 0x00]);
    expect(decodeTable(utf16)).toEqual({ ok: true, text: "é" });
    const latin1 = decodeTable(new Uint8Array([0x61, 0xe9, 0x0a]));
    expect(latin1).toMatchObject({ ok: false, faults: [{ message: "The file is not text in UTF-8." }] });
    expect(decodeTable(new Uint8Array(20_000_001))).toMatchObject({ ok: false });
  });
});
