import { describe, expect, test } from "vitest";
import { canvasActions } from "../../app/canvas/canvas-actions.ts";
import { type Action, createActions } from "../../app/shell/actions.ts";
import { type PaletteRow, paletteRows } from "../../app/shell/palette-rows.tsx";
import type { Commands } from "../../app/stores/commands.ts";
import { entriesWith, findable } from "../../app/stores/entries.ts";
import { graphStore } from "../../app/stores/graph.ts";
import { type Findable, rank } from "../../app/ui/rank.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import type { Catalogue } from "../../src/nodes/definition/catalogue.ts";
import { freshParams } from "../../src/nodes/definitions.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

/** Nothing is run here; rows are only found. */
const commands = {} as Commands;

/** @param possible whether each command can be done now; as the window stands unless it is told. */
function everyRow(possible?: boolean): readonly PaletteRow[] {
  const nodes = [
    nodeOf("a", "prompt", { text: "" }),
    nodeOf("b", "generate", { family: "image", model: "nano-banana-2" }),
  ];
  graphStore.getState().open(graphOf(nodes, []), { unsaved: false });
  graphStore.getState().edit({ type: "title", id: "a", title: "Harbour words" });
  graphStore.getState().select(["a"]);
  const actions = createActions(commands).map(
    (action): Action =>
      possible === undefined || !action.enabled ? action : { ...action, enabled: () => possible },
  );
  return paletteRows({
    actions,
    nodes: graphStore.getState().graph?.nodes,
    openId: undefined,
    recent: [{ id: "1", name: "Autumn shoes" }],
    examples: [
      { id: "2", title: "Product reel" },
      { id: "3", title: "Music reel" },
    ],
    host: "web",
    catalogue: builtInCatalogue,
  });
}

const lists: Readonly<Record<string, readonly Findable[]>> = {
  "command palette": everyRow(true),
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

  const ours = entries.filter(({ aside }) => !aside);
  test.each(ours)("“$name” is found first by its first word and by its first four letters", (entry) => {
    for (const query of [firstWord(entry.name), plain(entry.name).slice(0, 4)])
      expect(isMeant(first(query), entry, query), `${query} → ${first(query)?.name}`).toBe(true);
  });

  test.each(entries)(
    "“$name” is found by a slip of the hand, and is first unless it spends or changes something",
    (entry) => {
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
        if (entry.needsOwnName)
          expect(
            found.find(({ id }) => id === entry.id),
            slip,
          ).toBeDefined();
        else expect(isMeant(found[0], entry, slip), `${slip} → ${found[0]?.name}`).toBe(true);
        if (!entry.needsOwnName && !found[0]?.changes) expect(first(slip), slip).toBe(found[0]);
      }
    },
  );

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

/** What a person types on the way to each name, and beside it. */
function queriesFor(entries: readonly Findable[]): ReadonlySet<string> {
  const names = entries.flatMap(({ name, also = [] }) => [name, ...also]);
  return new Set([
    ...names.flatMap((name) => Array.from(name, (_each, at) => name.slice(0, at + 1).toLowerCase())),
    ...names.flatMap((name) => letters(name).map((at) => swapped(name, at))),
  ]);
}

const begins = (name: string, query: string) => plain(name).startsWith(plain(query));

test("a command that is not possible now is listed with why, and Enter does nothing else for its name", () => {
  const rows = everyRow(false);
  const disabled = rows.filter((row) => row.disabled);
  expect(disabled.length).toBeGreaterThan(25);
  const wrong = disabled.flatMap((row) => {
    const { found, first } = rank(rows, row.name);
    return first === undefined && found[0]?.name === row.name && row.why ? [] : [row.name];
  });
  expect(wrong).toEqual([]);
  // On the way to such a name only what begins with the same letters is taken, and only where that does no harm.
  const onTheWay = disabled.flatMap(({ name }) =>
    Array.from(name, (_, at) => name.slice(0, at + 1)).flatMap((query) => {
      const { first } = rank(rows, query);
      const isHarmless = first === undefined || (begins(first.name, query) && !first.changes);
      return isHarmless ? [] : [`${query} → ${first.name}`];
    }),
  );
  expect(onTheWay).toEqual([]);
});

test.each([
  "redo",
  "undo",
  "copy",
  "delete",
  "rename",
  "group",
  "duplicate",
  "review",
  "ungroup",
  "zoom to selection",
])(
  "“%s” takes nothing while that is not possible, whatever was used last and whatever graphs are called",
  (query) => {
    const copies = ["Harbour copy", "Group work", "Review of autumn", "Redo"].map(
      (name): Findable => ({ id: name, name, aside: true }),
    );
    const entries = [...everyRow(false), ...copies];
    const { first, inTheWay } = rank(entries, query, entries.map(({ id }) => id).reverse());
    expect([first?.name, begins(inTheWay?.name ?? "", query)]).toEqual([undefined, true]);
  },
);

test("a word within names finds what is possible before what is not", () => {
  expect(rank(everyRow(false), "all").first?.name).toBe("Select all");
});

test("every command that is not always possible says why", () => {
  const silent = [...createActions(commands), ...canvasActions].filter(
    (action) => action.enabled && !action.why && !("detail" in action),
  );
  expect(silent.map(({ id }) => id)).toEqual([]);
});

test("what changes something is first only for its name, a beginning, a word's beginning or another word for it", () => {
  const rows = everyRow(true);
  const wrong = new Set<string>();
  for (const query of queriesFor(rows)) {
    const { first } = rank(rows, query);
    if (!first?.changes) continue;
    const typed = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const isNear = [first.name, ...(first.also ?? [])].some((text) => {
      const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
      return (
        words.some((_, at) => words.slice(at).join("").startsWith(plain(query))) ||
        typed.every((word) => words.some((each) => each.startsWith(word)))
      );
    });
    if (!isNear) wrong.add(`${query} → ${first.name}`);
  }
  expect([...wrong]).toEqual([]);
});

test("what was used last never lifts one that spends before another", () => {
  const rows = everyRow(true);
  const spending = rows.filter(({ needsOwnName }) => needsOwnName);
  const wrong = spending.flatMap(({ name }) =>
    Array.from(name, (_, at) => name.slice(0, at + 1)).flatMap((query) => {
      const usual = rank(rows, query).first;
      return spending.flatMap((used) => {
        const { first } = rank(rows, query, [used.id]);
        return first === usual ? [] : [`${query} after ${used.name} → ${first?.name}`];
      });
    }),
  );
  expect(wrong).toEqual([]);
  for (const { id } of rows) expect(rank(rows, "run", [id]).first?.name).toBe("Run all");
});

describe("work that only some models do", () => {
  const modelsNamed = (label: string, key: string): Catalogue => ({
    ...builtInCatalogue,
    models: [
      ...builtInCatalogue.models.filter(({ key: each }) => each === "nano-banana-2" || each === "seedance-2"),
      ...builtInCatalogue.models
        .filter((model) => model.key === key)
        .map((model) => ({ ...model, label, description: "" })),
    ],
  });
  const named = (query: string, catalogue: Catalogue) => {
    const entries = entriesWith(catalogue).map((entry) => ({ ...findable(entry), entry }));
    const { first, inTheWay } = rank(entries, query, ["add:generate:image", "add:generate:video"]);
    const params = first && freshParams(first.entry.type, catalogue, first.entry.params);
    return { family: params?.["family"], model: params?.["model"], why: inTheWay?.entry.missing };
  };

  test.each([
    ["remove background", "BiRefNet", "birefnet-bg-removal", "image"],
    ["bg", "BiRefNet", "birefnet-bg-removal", "image"],
    ["background removal", "BiRefNet", "birefnet-bg-removal", "image"],
    ["remove background", "Bria", "bria-video-background-removal", "video"],
    ["upscale", "Topaz", "topaz-video-upscale", "video"],
    ["lipsync", "Sync 2 Pro", "sync-lipsync-v2-pro", "video"],
    ["lip sync", "Sync 2 Pro", "sync-lipsync-v2-pro", "video"],
    ["vectorize", "Runware", "runware-vectorize", "image"],
    ["style", "Extractor", "extract-brand-style", "text"],
  ])("“%s” adds the model for it, though the server calls it “%s”", (query, label, model, family) => {
    expect(named(query, modelsNamed(label, model))).toEqual({ family, model, why: undefined });
    expect(named(query, builtInCatalogue).model).toBeDefined();
  });

  test.each([
    "remove background",
    "background",
    "bg",
    "upscale",
    "lipsync",
    "lip sync",
    "vectorize",
    "style",
  ])("“%s” adds no other model where there is none for it", (query) => {
    const without = modelsNamed("None", "none");
    expect(named(query, without)).toEqual({ why: "No model for that here." });
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
  ["command palette", "help", "Keyboard shortcuts"],
  ["command palette", "dark", "Dark theme"],
  ["command palette", "light", "Light theme"],
  ["command palette", "theme", "Theme as the system"],
  ["command palette", "go on", "Go on with the queue"],
  ["command palette", "money", "Settings"],
  ["command palette", "balance", "Settings"],
  ["command palette", "bg", "Remove background"],
  ["command palette", "music", "Generate music"],
  ["quick add", "bg", "Remove background"],
  ["quick add", "gif", "Image to video"],
  ["quick add", "style", "Brand style"],
  ["quick add", "loop", "Merge"],
])("%s: “%s” finds %s", (list, query, wanted) => {
  expect(rank(lists[list] ?? [], query).first?.name).toBe(wanted);
});

test.each([
  ["execute", "Run all"],
  ["stop", "Cancel run"],
])("“%s” shows “%s” on top, and Enter takes nothing", (query, wanted) => {
  const { found, first } = rank(everyRow(true), query);
  expect([found[0]?.name, first]).toEqual([wanted, undefined]);
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

test.each(["+", "-", "/", "?", ".", "🎬"])("“%s” takes nothing that does not hold it", (query) => {
  for (const entries of Object.values(lists)) {
    const { found, first } = rank(entries, query);
    expect(found.every(({ name }) => name.includes(query))).toBe(true);
    expect(first === undefined || first.name.includes(query)).toBe(true);
  }
  const ours = [
    { id: "1", name: "Trim" },
    { id: "2", name: "🎬 Autumn" },
  ];
  expect(rank(ours, "🎬").first?.name).toBe("🎬 Autumn");
  expect(rank(ours, " ").found).toHaveLength(2);
});
