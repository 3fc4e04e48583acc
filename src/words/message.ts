import type { GetICUArgs } from "@schummar/icu-type-parser";
import type { en } from "./en/en.ts";

/**
 * What a person is to be told, before a language is chosen: plain JSON that travels and is stored. The words stand in
 * the tables of `en/` and `de/`; whoever shows a message says it with `Words.say`.
 */
export type Message = { readonly id: MessageId; readonly values?: Values };

/** What may be shown: a message, or words as they are, such as a server's, a person's, or those of older records. */
export type Said = Message | string;

/** A message inside a message is said first; several become "a, b and c". */
export type Value = string | number | Message | readonly Said[] | { readonly either: readonly Said[] };
export type Values = Readonly<Record<string, Value>>;

/** Texts by area and name, in ICU's message format. */
export type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The same texts in another language: neither one less nor one more. */
export type Translation<T> = T extends string ? string : { readonly [Name in keyof T]: Translation<T[Name]> };

export type IdOf<T extends Table> = {
  [Area in keyof T & string]: `${Area}.${keyof T[Area] & string}`;
}[keyof T & string];

type TextOf<T extends Table, Id> = Id extends `${infer Area}.${infer Name}` ? T[Area][Name] : never;

type Args<Text extends string> = GetICUArgs<
  Text,
  // Dates are milliseconds since the epoch.
  { ICUNumberArgument: number; ICUDateArgument: number; ICUArgument: Value }
>;

/** The values that the text of an id names; none where it names none. */
export type ValuesFor<T extends Table, Id> = keyof Args<TextOf<T, Id>> extends never
  ? readonly []
  : readonly [values: Args<TextOf<T, Id>>];

export type MessageId = IdOf<typeof en>;

export function message<Id extends MessageId>(id: Id, ...[values]: ValuesFor<typeof en, Id>): Message {
  return values === undefined ? { id } : { id, values: values as Values };
}

export function isMessage(value: unknown): value is Message {
  return (
    typeof value === "object" &&
    value !== null &&
    "id" in value &&
    typeof value.id === "string" &&
    /^[a-z]\w*\.\w+$/i.test(value.id) &&
    Object.keys(value).every((key) => key === "id" || key === "values")
  );
}

/** The same with each text in it changed, such as a key taken out; the ids are ours and stay. */
export function mapTexts(said: Said, change: (text: string) => string): Said {
  if (typeof said === "string") return change(said);
  if (!said.values) return said;
  const mapped = (value: Value): Value => {
    if (typeof value === "number") return value;
    if (typeof value === "string" || isMessage(value)) return mapTexts(value, change);
    if ("either" in value) return { either: value.either.map((each) => mapTexts(each, change)) };
    return value.map((each) => mapTexts(each, change));
  };
  const values = Object.entries(said.values).map(([name, value]) => [name, mapped(value)] as const);
  return { id: said.id, values: Object.fromEntries(values) };
}
