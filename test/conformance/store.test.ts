import { describe } from "vitest";
import { openLibrary } from "../../src/library/open.ts";
import { openMemoryLibrary } from "../support/memory-library.ts";
import { galleryConforms } from "./gallery.ts";
import { recordsConform } from "./records.ts";
import { runHistoryConforms } from "./run-history.ts";
import { takesConform } from "./takes.ts";
import type { TestStore } from "./test-store.ts";

/** What the studio and the engine may rely on, whatever keeps the library. */
const stores: readonly TestStore[] = [
  { name: "SQLite", open: openLibrary },
  { name: "memory", open: openMemoryLibrary },
];

describe.each(stores)("a store in $name", (store) => {
  describe("records", () => recordsConform(store));
  describe("run history", () => runHistoryConforms(store));
  describe("gallery", () => galleryConforms(store));
  describe("takes", () => takesConform(store));
});
