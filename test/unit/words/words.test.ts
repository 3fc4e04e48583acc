import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { expect, test } from "vitest";
import { de as windowDe } from "../../../app/words/de/de.ts";
import { en as windowEn } from "../../../app/words/en/en.ts";
import { de } from "../../../src/words/de/de.ts";
import { inEnglish } from "../../../src/words/english.ts";
import { languageOf } from "../../../src/words/language.ts";
import { isMessage, mapTexts, message, type Said, type Table } from "../../../src/words/message.ts";
import { createWords } from "../../../src/words/words.ts";
import { pseudoTable, pseudoText } from "../../support/pseudo.ts";

const english = createWords<typeof windowEn>("en", windowEn);
const german = createWords<typeof windowEn>("de", windowDe);

/** The name and kind of each value that a text asks for. */
function valuesOf(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return [];
    const own = `${element.value}: ${element.type === TYPE.plural ? TYPE.number : element.type}`;
    if (element.type === TYPE.plural || element.type === TYPE.select)
      return [own, ...Object.values(element.options).flatMap(({ value }) => valuesOf(value))];
    return [own];
  });
}

function textsOf(table: Table): [id: string, text: string][] {
  return Object.entries(table).flatMap(([area, texts]) =>
    Object.entries(texts).map(([name, text]): [string, string] => [`${area}.${name}`, text]),
  );
}

test("German asks for the same values as English", () => {
  const inGerman = new Map(textsOf(windowDe));
  const kinds = (text: string) => [...new Set(valuesOf(parse(text, { ignoreTag: true })))].sort();
  const differing = textsOf(windowEn).filter(
    ([id, text]) => kinds(text).join() !== kinds(inGerman.get(id) ?? "").join(),
  );
  expect(differing).toEqual([]);
});

test("German quotes as German does, and addresses nobody by Du or Sie", () => {
  for (const [id, text] of textsOf(windowDe)) {
    expect(text, id).not.toMatch(/["“][^”]*”/);
    expect(text, id).not.toMatch(/\b(Du|Dir|Dich|Deine?|Ihnen)\b/);
  }
});

test("numbers, money, times and lists are written as the language writes them", () => {
  const said = (words: typeof english) => [
    words.number(1200.5),
    words.money(1_500_000),
    words.duration(400),
    words.size(3_400_000),
    words.list(["a", "b", "c"]),
    words.either(["a", "b"]),
    words.moment(new Date(2026, 10, 25, 14, 3).getTime()),
    words.t("settings.freed", { bytes: 2_500_000, files: 1 }),
    words.t("settings.freed", { bytes: 2_500_000, files: 1200 }),
  ];
  expect(said(english)).toEqual([
    "1,200.5",
    "about $1.50",
    "0.4 s",
    "3.4 MB",
    "a, b and c",
    "a or b",
    "25 Nov 2026, 14:03",
    "Freed 2.5 MB in 1 file.",
    "Freed 2.5 MB in 1,200 files.",
  ]);
  expect(said(german)).toEqual([
    "1.200,5",
    "etwa 1,50\u00a0$",
    "0,4 s",
    "3,4 MB",
    "a, b und c",
    "a oder b",
    "25. Nov. 2026, 14:03",
    "2,5 MB in 1 Datei freigegeben.",
    "2,5 MB in 1.200 Dateien freigegeben.",
  ]);
});

test("a message is plain JSON, and says the messages and lists inside it in the language that is spoken", () => {
  const told = {
    id: "settings.titleTo",
    values: { title: { either: ["a", message("amounts.yesterday")] }, account: ["@x", "@y", "@z"] },
  } as unknown as Said;
  expect(JSON.parse(JSON.stringify(told))).toEqual(told);
  expect(english.say(told)).toBe("“a or yesterday” to @x, @y and @z");
  expect(german.say(told)).toBe("„a oder gestern“ an @x, @y und @z");
});

test("words of older records are said as they are; a message that this version does not know, by its id", () => {
  expect(german.say("The server was busy.")).toBe("The server was busy.");
  expect(german.say({ id: "failures.ofTomorrow" } as unknown as Said)).toBe("failures.ofTomorrow");
  expect(german.say({ id: "amounts.daysAgo" } as unknown as Said)).toBe("amounts.daysAgo");
});

test("a value with braces, tags and quotes stays as it is", () => {
  const origin = "{days} <b>it's</b> ''";
  expect(english.t("settings.keyGoesTo", { origin })).toContain(origin);
});

test("programs read English", () => {
  const record = { failure: { message: message("amounts.daysAgo", { days: 3 }), id: "x" } };
  expect(JSON.stringify(record, inEnglish)).toBe('{"failure":{"message":"3 days ago","id":"x"}}');
});

test("a key is taken out of all values of a message", () => {
  const said = {
    id: "a.b",
    values: {
      one: "sk_1",
      many: ["sk_1", { id: "a.c", values: { two: "sk_1" } }],
      n: 1,
      or: { either: ["sk_1"] },
    },
  } as unknown as Said;
  expect(JSON.stringify(mapTexts(said, (text) => text.replace("sk_1", "…")))).not.toContain("sk_1");
  expect(isMessage({ id: "a.b", title: "of something else" })).toBe(false);
});

test("the language is the first wanted one that Catwalk speaks", () => {
  expect([["de_DE.UTF-8"], ["fr-FR", "de-AT"], ["C"], [undefined], ["en-GB", "de"]].map(languageOf)).toEqual([
    "de",
    "de",
    "en",
    "en",
    "en",
  ]);
});

test("the pseudo-language keeps values and plurals and is 40 % longer", () => {
  const text = windowEn.settings.freed;
  expect(valuesOf(parse(pseudoText(text)))).toEqual(valuesOf(parse(text)));
  const pseudo = createWords<typeof windowEn>("en", pseudoTable(windowEn));
  expect(pseudo.t("settings.freed", { bytes: 2_500_000, files: 2 })).toMatch(
    /^\[Fŕééď 2\.5 MB îñ 2 ƒîļéš\.( ~~~~)+\]$/,
  );
  expect(pseudo.t("settings.language").length).toBeGreaterThanOrEqual("Language".length * 1.4);
});

test("the command line's words are part of the window's", () => {
  expect(Object.keys(windowDe)).toEqual(expect.arrayContaining(Object.keys(de)));
});
