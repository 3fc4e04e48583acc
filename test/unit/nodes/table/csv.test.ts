import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCsv, readTabbed, writeTabbed } from "../../../../src/nodes/table/csv.ts";

const fieldsOf = (text: string) => {
  const read = readCsv(text);
  return read.ok ? read.records.map(({ fields }) => fields) : read.fault;
};

describe("reading CSV", () => {
  test("takes commas, semicolons and tabs, whichever the header has", () => {
    const rows = [
      ["subject", "color"],
      ["shoe", "red"],
    ];
    expect(fieldsOf("subject,color\nshoe,red\n")).toEqual(rows);
    expect(fieldsOf("subject;color\r\nshoe;red")).toEqual(rows);
    expect(fieldsOf("subject\tcolor\rshoe\tred")).toEqual(rows);
  });

  test.each([";", "|", "^", "\t"])("a first line sep=%s says the separator, as Excel takes it", (mark) => {
    expect(readCsv(`sep=${mark}\r\nid${mark}subject, or so\r\nserum${mark}a\r\n`)).toEqual({
      ok: true,
      records: [
        { line: 2, fields: ["id", "subject, or so"] },
        { line: 3, fields: ["serum", "a"] },
      ],
    });
  });

  test("a separator inside a quoted header decides nothing", () => {
    expect(fieldsOf('"a,b,c";d\n1;2')).toEqual([
      ["a,b,c", "d"],
      ["1", "2"],
    ]);
  });

  test("leaves out the byte order mark and empty lines, and keeps empty fields", () => {
    expect(fieldsOf("\ufeffa,b\n\n1,\n,2\n,\n")).toEqual([
      ["a", "b"],
      ["1", ""],
      ["", "2"],
      ["", ""],
    ]);
  });

  test("quoted fields hold separators, quotes and line ends, and lines are counted through them", () => {
    const read = readCsv('a,b\n"one, ""two""\nthree",x\nlast,y');
    expect(read).toEqual({
      ok: true,
      records: [
        { line: 1, fields: ["a", "b"] },
        { line: 2, fields: ['one, "two"\nthree', "x"] },
        { line: 4, fields: ["last", "y"] },
      ],
    });
  });

  test.each([
    ['a,b\n1,2\n"open,3', 3, "A quote is opened and never closed."],
    ['a\n"x" y', 2, "After a closing quote there is “ ”."],
    ['a\r\n5" screen', 2, "A quote stands inside a field that is not quoted."],
  ])("says the line of a quote that is wrong: %j", (text, line, message) => {
    expect(fieldsOf(text)).toMatchObject({ line, message });
  });

  test("reads back whatever is written by the rules", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", ";", "\t", "\n", "\r", " ", "é") });
    fc.assert(
      fc.property(
        fc.constantFrom(",", ";", "\t"),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.array(fc.tuple(cell, cell), { maxLength: 8 }),
        (separator, lineEnd, rows) => {
          const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const text = [["x", "y"], ...rows].map((row) => row.map(quoted).join(separator)).join(lineEnd);
          expect(fieldsOf(text)).toEqual([["x", "y"], ...rows]);
        },
      ),
    );
  });

  test("reads 20,000 rows of three columns", () => {
    const text = `a,b,c\n${'"one, two",x,y\n'.repeat(20_000)}`;
    expect(fieldsOf(text)).toHaveLength(20_001);
  });
});

describe("the clipboard of a spreadsheet", () => {
  test("an inch mark is no quote", () => {
    expect(readTabbed('5" screen\t"x\nnext\t""')).toEqual([
      ['5" screen', '"x'],
      ["next", ""],
    ]);
  });

  test("what is copied is pasted back the same", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", '"', "\t", "\n", "\r", " ") });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }), (rows) => {
        expect(readTabbed(writeTabbed(rows))).toEqual(rows);
      }),
    );
  });
});
