import { describe, expect, test } from "vitest";
import { keepInside, move, selectionOf } from "../../app/table/grid-places.ts";
import { applyTableEdit, type TableEdit } from "../../app/table/table-edits.ts";
import type { Table } from "../../src/graph/describe/table.ts";
import { fileOf } from "../support/graph-builders.ts";

const table: Table = {
  columns: [
    { name: "subject", type: "text" },
    { name: "photo", type: "image" },
  ],
  rows: [
    { key: "1", cells: { subject: "shoe", photo: fileOf() } },
    { key: "7", cells: { subject: "hat" } },
  ],
};
const edit = (change: TableEdit, of: Table = table) => applyTableEdit(of, change);
const keys = ({ rows }: Table) => rows.map(({ key }) => key);
const subjects = ({ rows }: Table) => rows.map(({ cells }) => cells["subject"]);

describe("an edit of a table", () => {
  test("writes a block of cells and adds the rows it reaches below the last, with new keys", () => {
    const after = edit({ type: "cells", row: 1, column: 0, values: [["scarf"], ["coat"], ["sock"]] });
    expect(subjects(after)).toEqual(["shoe", "scarf", "coat", "sock"]);
    expect(keys(after)).toEqual(["1", "7", "8", "9"]);
  });

  test("replaces only the rows it touches", () => {
    const after = edit({ type: "cells", row: 1, column: 0, values: [["cap"]] });
    expect(after.rows[0]).toBe(table.rows[0]);
    expect(after.columns).toBe(table.columns);
  });

  test("calls the rows by a column whose values are each row's own, and by no other", () => {
    expect(keys(edit({ type: "keys-from", column: 0 }))).toEqual(["shoe", "hat"]);
    const doubled = edit({ type: "cells", row: 1, column: 0, values: [["shoe"]] });
    expect(edit({ type: "keys-from", column: 0 }, doubled)).toBe(doubled);
    const gap = edit({ type: "add-rows", at: 2, count: 1 });
    expect(edit({ type: "keys-from", column: 0 }, gap)).toBe(gap);
    const named = edit({ type: "keys-from", column: 0 });
    expect(edit({ type: "keys-from", column: 0 }, named)).toBe(named);
  });

  test("that changes nothing gives the same table, so it makes no undo step", () => {
    expect(edit({ type: "cells", row: 0, column: 0, values: [["shoe"]] })).toBe(table);
    expect(edit({ type: "cells", row: 1, column: 1, values: [[""]] })).toBe(table);
    expect(edit({ type: "move-rows", from: 0, to: 0, by: -1 })).toBe(table);
    expect(edit({ type: "key", row: 0, key: "1" })).toBe(table);
    expect(edit({ type: "rename-column", column: 0, name: "subject" })).toBe(table);
  });

  test("puts no text into a column of files, and no file into one of texts or of another kind", () => {
    const clip = fileOf("clip.mp4", { kind: "video", mimeType: "video/mp4" });
    expect(edit({ type: "cells", row: 0, column: 0, values: [[fileOf(), "words"]] })).toBe(table);
    expect(edit({ type: "cells", row: 0, column: 1, values: [[clip]] })).toBe(table);
    const cleared = edit({ type: "cells", row: 0, column: 1, values: [[""]] });
    expect(cleared.rows[0]?.cells["photo"]).toBe("");
  });

  test("adds, removes and moves rows; a key is given out once", () => {
    const added = edit({ type: "add-rows", at: 1, count: 1 });
    expect(keys(added)).toEqual(["1", "8", "7"]);
    expect(keys(edit({ type: "move-rows", from: 1, to: 2, by: -1 }, added))).toEqual(["8", "7", "1"]);
    expect(keys(edit({ type: "remove-rows", from: 0, to: 1 }, added))).toEqual(["7"]);
  });

  test("takes no key that another row has", () => {
    expect(edit({ type: "key", row: 0, key: "7" })).toBe(table);
    expect(keys(edit({ type: "key", row: 0, key: "shoe" }))).toEqual(["shoe", "7"]);
  });

  test("renames a column with its cells, in place", () => {
    const after = edit({ type: "rename-column", column: 0, name: "thing" });
    expect(after.columns.map(({ name }) => name)).toEqual(["thing", "photo"]);
    expect(Object.keys(after.rows[0]?.cells ?? {})).toEqual(["thing", "photo"]);
    expect(edit({ type: "rename-column", column: 0, name: "photo" })).toBe(table);
  });

  test("a column of files as texts holds their names, and texts wait in a column of files", () => {
    const texts = edit({ type: "retype-column", column: 1, columnType: "text" });
    expect(texts.rows[0]?.cells["photo"]).toBe("photo.jpg");
    const audio = edit({ type: "retype-column", column: 0, columnType: "audio" });
    expect(subjects(audio)).toEqual(["shoe", "hat"]);
  });

  test("adds columns under names that are free, moves and removes them", () => {
    const once = edit({ type: "add-column", at: 1, columnType: "text" });
    const twice = edit({ type: "add-column", at: 3, columnType: "text" }, once);
    expect(twice.columns.map(({ name }) => name)).toEqual(["subject", "column", "photo", "column 2"]);
    const moved = edit({ type: "move-column", column: 0, by: 1 });
    expect(moved.columns.map(({ name }) => name)).toEqual(["photo", "subject"]);
    const removed = edit({ type: "remove-column", column: 0 });
    expect(removed.columns).toHaveLength(1);
    expect(removed.rows[0]?.cells).not.toHaveProperty("subject");
  });
});

describe("places in a grid", () => {
  const size = { rows: 3, columns: 2 };

  test("keys stop at the edges; above the first row is the head, left of it are the keys", () => {
    expect(move({ row: 0, column: 0 }, "up", size)).toEqual({ row: -1, column: 0 });
    expect(move({ row: -1, column: 0 }, "up", size)).toEqual({ row: -1, column: 0 });
    expect(move({ row: 1, column: 0 }, "left", size)).toEqual({ row: 1, column: -1 });
    expect(move({ row: -1, column: 0 }, "left", size)).toEqual({ row: -1, column: 0 });
    expect(move({ row: 2, column: 1 }, "down", size)).toEqual({ row: 2, column: 1 });
    expect(move({ row: 1, column: 0 }, "last", size)).toEqual({ row: 2, column: 0 });
  });

  test("after writing, Tab goes on to the next row", () => {
    expect(move({ row: 0, column: 1 }, "next", size)).toEqual({ row: 1, column: 0 });
    expect(move({ row: 2, column: 1 }, "next", size)).toEqual({ row: 2, column: 1 });
    expect(move({ row: 1, column: 0 }, "previous", size)).toEqual({ row: 0, column: 1 });
  });

  test("a place that is gone is the nearest that is there", () => {
    expect(keepInside({ row: 9, column: 9 }, { rows: 0, columns: 1 })).toEqual({ row: -1, column: 0 });
  });

  test("rows are chosen whole from the keys to the last column", () => {
    const chosen = selectionOf({ row: 1, column: -1 }, { row: 2, column: 1 }, size);
    expect(chosen).toEqual({ top: 1, bottom: 2, left: -1, right: 1, wholeRows: true });
    expect(selectionOf({ row: 1, column: 0 }, undefined, size).wholeRows).toBe(false);
  });
});
