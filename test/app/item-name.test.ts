import { expect, test } from "vitest";
import { itemName } from "../../app/words/item-name.ts";
import type { Table } from "../../src/graph/describe/table.ts";
import { fileOf } from "../support/graph-builders.ts";

const photo = fileOf("shoe.jpg");
const tables = new Map<string, Table>([
  [
    "things",
    {
      columns: [
        { name: "id", type: "text" },
        { name: "idea", type: "text" },
        { name: "photo", type: "image" },
      ],
      rows: [{ key: "shoe", cells: { id: "shoe", idea: "A red shoe", photo } }],
    },
  ],
  ["times", { columns: [{ name: "when", type: "text" }], rows: [{ key: "morning", cells: { when: "" } }] }],
]);

test("an item is known by its keys, by the first words that say more, and by its first file", () => {
  expect(itemName(["things", "shoe"], tables)).toEqual({ keys: "shoe", words: "A red shoe", file: photo });
  expect(itemName(["things", "shoe", "times", "morning"], tables)?.keys).toBe("shoe · morning");
});

test("rows that are gone are known by their keys alone, and what is no item has no name", () => {
  expect(itemName(["things", "hat"], tables)).toEqual({ keys: "hat" });
  expect(itemName(["things", "shoe"])).toEqual({ keys: "shoe" });
  expect(itemName([], tables)).toBeUndefined();
});
