import { describe, expect, test } from "vitest";
import { createActions } from "../../app/shell/actions.ts";
import { paletteRows } from "../../app/shell/palette-rows.tsx";
import type { Commands } from "../../app/stores/commands.ts";
import { entriesWith, findable } from "../../app/stores/entries.ts";
import { graphStore } from "../../app/stores/graph.ts";
import { type Findable, rank } from "../../app/ui/rank.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

/** Nothing is run here; rows are only found. */
const commands = {} as Commands;

function everyRow(): readonly Findable[] {
  const nodes = [
    nodeOf("a", "prompt", { text: "" }),
    nodeOf("b", "generate", { family: "image", model: "nano-banana-2" }),
  ];
  graphStore.getState().open(graphOf(nodes, []), { unsaved: false });
  graphStore.getState().edit({ type: "title", id: "a", title: "Harbour words" });
  graphStore.getState().select(["a"]);
  // Each is there, whether it can be done now or not.
  const actions = createActions(commands).map(({ enabled: _, detail: __, ...action }) => action);
  return paletteRows({
    actions,
    nodes: graphStore.getState().graph?.nodes,
    openId: undefined,
    recent: [{ id: "1", name: "Autumn shoes" }],
    examples: [{ id: "2", title: "Product reel" }],
    host: "web",
    catalogue: builtInCatalogue,
  });
}

const lists: Readonly<Record<string, readonly Findable[]>> = {
  "command palette": everyRow(),
  "quick add": entriesWith(builtInCatalogue).map(findable),
};

const plain = (text: string) =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
const firstWord = (name: string) => name.split(/[\s-]/)[0] ?? "";
const swapped = (name: string, at: number) =>
  name.slice(0, at) + (name[at + 1] ?? "") + (name[at] ?? "") + name.slice(at + 2);

/** Places of letters that are followed by one: a number with a slip is another number. */
const letters = (name: string) =>
  Array.from(name.matchAll(/\p{L}(?=\p{L})/gu), ({ index }) => index).filter((at) => at < 8);

describe.each(Object.entries(lists))("%s", (_, entries) => {
  const first = (query: string) => rank(entries, query).first;
  /** Two entries may have one name, and a query may begin several. */
  const isMeant = (found: Findable | undefined, wanted: Findable, query: string) =>
    found !== undefined &&
    (plain(found.name) === plain(wanted.name) || plain(found.name).startsWith(plain(query)));

  const words = entries.flatMap(({ name, also = [] }) =>
    [name, ...also].flatMap((text) => text.split(" ").map(plain)),
  );
  const beginsAny = (query: string) => {
    const typed = plain(query);
    return words.some((word) => word.startsWith(typed));
  };

  test.each(entries.map(({ name }) => name))("“%s” is found first by its name", (name) => {
    expect(plain(first(name)?.name ?? "")).toBe(plain(name));
    expect(plain(first(name.toUpperCase())?.name ?? "")).toBe(plain(name));
  });

  test.each(entries)("“$name” is found first by its first word and by its first four letters", (entry) => {
    for (const query of [firstWord(entry.name), plain(entry.name).slice(0, 4)])
      expect(isMeant(first(query), entry, query), `${query} → ${first(query)?.name}`).toBe(true);
  });

  test.each(entries)("“$name” is found first by a slip of the hand, unless it spends", (entry) => {
    const { name } = entry;
    const slips = letters(name).flatMap((at) => [
      swapped(name, at),
      name.slice(0, at + 1) + name.slice(at + 2),
      `${name.slice(0, at + 1)}q${name.slice(at + 1)}`,
    ]);
    for (const slip of slips) {
      // Three letters are hardly a word, and what begins another word was typed right.
      if (plain(slip).length < 3 || plain(slip) === plain(name) || beginsAny(slip)) continue;
      const { found } = rank(entries, slip);
      const meant = entry.needsOwnName ? found.find(({ id }) => id === entry.id) : first(slip);
      expect(meant, slip).toBeDefined();
      if (!entry.needsOwnName)
        expect(isMeant(first(slip), entry, slip), `${slip} → ${first(slip)?.name}`).toBe(true);
    }
  });

  test("nothing that spends is first for a query that does not begin its own name", () => {
    const names = entries.flatMap(({ name, also = [] }) => [name, ...also]);
    const sentences = entries.flatMap(({ about = "" }) => about.split(" "));
    const queries = new Set([
      ...sentences,
      ...names,
      ...names.flatMap((name) => Array.from(name, (_each, at) => name.slice(0, at + 1).toLowerCase())),
      ...names.flatMap((name) => letters(name).map((at) => swapped(name, at))),
      ...names.map((name) => name.slice(1)),
    ]);
    const wrong = new Set<string>();
    for (const query of queries) {
      const found = first(query);
      const begins = plain(query) !== "" && plain(found?.name ?? "").startsWith(plain(query));
      if (found?.needsOwnName && !begins) wrong.add(`${query} → ${found.name}`);
    }
    expect([...wrong]).toEqual([]);
  });
});

test("what runs, stops or frees a run needs its own name, and nothing else does", () => {
  const names = lists["command palette"]?.filter(({ needsOwnName }) => needsOwnName).map(({ name }) => name);
  expect(names?.sort()).toEqual([
    "Cancel run",
    "Go on with the queue",
    "Pause the queue",
    "Run all",
    "Run everything fresh",
    "Run from here",
    "Run only what failed",
    "Run selection",
    "Run to here",
  ]);
});

test.each([
  ["quick add", "insta", "Publish to Instagram"],
  ["quick add", "tik tok", "Publish to TikTok"],
  ["quick add", "tiktok", "Publish to TikTok"],
  ["quick add", "note", "Note"],
  ["quick add", "cut", "Trim"],
  ["quick add", "title", "Text overlay"],
  ["quick add", "remove background", "Remove background"],
  ["quick add", "trim", "Trim"],
  ["quick add", "voice", "Generate speech"],
  ["quick add", "mute", "Volume"],
  ["quick add", "slow motion", "Speed"],
  ["quick add", "csv", "Table"],
  ["quick add", "veo", "Veo 3.1"],
  ["command palette", "undo", "Undo"],
  ["command palette", "cut", "Cut"],
  ["command palette", "note", "Note"],
  ["command palette", "insta", "Publish to Instagram"],
  ["command palette", "remove background", "Remove background"],
  ["command palette", "harbour", "Harbour words"],
  ["command palette", "shoes", "Autumn shoes"],
  ["command palette", "price", "Dry run…"],
  ["command palette", "arrange", "Tidy up"],
])("%s: “%s” finds %s", (list, query, wanted) => {
  expect(rank(lists[list] ?? [], query).first?.name).toBe(wanted);
});

test("what was used last comes first among equals, and never before a nearer name", () => {
  const entries = ["Move left", "Move right", "Movement", "Remove"].map((name) => ({ id: name, name }));
  const names = (query: string, recent: readonly string[]) =>
    rank(entries, query, recent).found.map(({ name }) => name);
  expect(names("move", ["Move right"])).toEqual(["Move right", "Move left", "Movement", "Remove"]);
  expect(names("move", ["Remove", "Movement"])[0]).toBe("Movement");
  expect(names("", ["Remove"])[0]).toBe("Remove");
});

test("what spends stands behind all others until its own first word is typed", () => {
  const entries: readonly Findable[] = [
    { id: "1", name: "Run all", needsOwnName: true },
    { id: "2", name: "Run panel" },
    { id: "3", name: "Trunk" },
  ];
  const names = (query: string) => rank(entries, query).found.map(({ name }) => name);
  expect(names("")[0]).toBe("Run panel");
  expect(names("ru")).toEqual(["Run panel", "Run all"]);
  expect(names("run")).toEqual(["Run all", "Run panel", "Trunk"]);
  expect(names("all")).toEqual(["Run all"]);
  expect(rank(entries, "all").first).toBeUndefined();
});

test("slips of the hand count only where nothing was typed right", () => {
  const entries = ["Crop", "Copy", "Prompt"].map((name) => ({ id: name, name }));
  expect(rank(entries, "crop").found.map(({ name }) => name)).toEqual(["Crop"]);
  expect(rank(entries, "cpoy").found.map(({ name }) => name)).toEqual(["Copy"]);
});

test("a name in another script is found by a part of it", () => {
  const entries = ["桜の港", "Été à la mer", "Осень"].map((name) => ({ id: name, name }));
  for (const [query, wanted] of [
    ["港", "桜の港"],
    ["ete", "Été à la mer"],
    ["осе", "Осень"],
  ] as const)
    expect(rank(entries, query).first?.name).toBe(wanted);
});
