import { IntlMessageFormat } from "intl-messageformat";
import type { en } from "./en/en.ts";
import type { Language } from "./language.ts";
import {
  type IdOf,
  isMessage,
  type Said,
  type Table,
  type Translation,
  type Value,
  type ValuesFor,
} from "./message.ts";

/** English writes numbers as in America and dates as in Britain: "1,200.5", "25 Nov 2026, 14:03", "a, b and c". */
const locales: { readonly [L in Language]: { readonly numbers: string; readonly dates: string } } = {
  en: { numbers: "en-US", dates: "en-GB" },
  de: { numbers: "de-DE", dates: "de-DE" },
};

type Telling<T extends Table> = <Id extends IdOf<T>>(id: Id, ...values: ValuesFor<T, Id>) => string;

/** One language, ready to speak. `T` are the texts it knows. */
export type Words<T extends Table = typeof en> = Amounts & {
  readonly language: Language;
  readonly t: Telling<T>;
  /** Never throws: a message of a newer Catwalk shows as its id. */
  readonly say: (said: Said) => string;
  /** What happened and what to do, as one text. */
  readonly told: (failure: { readonly message: Said; readonly remedy: Said }) => string;
};

/** Times, money, sizes and lists in words a person uses. A text names them as styles: `{took, number, duration}`. */
export type Amounts = {
  /** "1,200" */
  readonly number: (value: number) => string;
  /** "a, b and c" */
  readonly list: (words: readonly string[]) => string;
  /** "a, b or c" */
  readonly either: (words: readonly string[]) => string;
} & { readonly [Style in keyof typeof styles]: (value: number, now?: number) => string };

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

type Ground = {
  readonly t: Telling<typeof en>;
  readonly digits: (value: number, least: number, most: number) => string;
  readonly date: (at: number, options: Intl.DateTimeFormatOptions) => string;
};

/** How a number is written by each style. All times are milliseconds, moments milliseconds since the epoch. */
const styles = {
  /** What something costs by estimate, from whole microdollars: "about $0.12", "less than $0.01", "free". */
  money: (microdollars: number, { t }: Ground) => {
    if (microdollars <= 0) return t("amounts.free");
    if (microdollars < 10_000) return t("amounts.lessThanCent");
    return t("amounts.aboutDollars", { dollars: microdollars / 1_000_000 });
  },
  /** "0.4 s", "12 s", "1 min 12 s", "2 h 5 min". */
  duration: (ms: number, { digits }: Ground) => {
    if (ms < 10 * SECOND_MS - 50) return `${digits(Math.max(0, ms) / SECOND_MS, 0, 1)} s`;
    const seconds = Math.round(ms / SECOND_MS);
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    const parts = (big: number, bigUnit: string, small: number, smallUnit: string) =>
      small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
    if (minutes < 60) return parts(minutes, "min", seconds % 60, "s");
    return parts(Math.floor(minutes / 60), "h", minutes % 60, "min");
  },
  /** What is left, as coarse as it is known: "a few seconds left", "about 40 s left", "longer than usual". */
  timeLeft: (ms: number, { t }: Ground) => {
    if (ms <= 0) return t("amounts.longerThanUsual");
    if (ms < 5 * SECOND_MS) return t("amounts.fewSecondsLeft");
    if (ms < 55 * SECOND_MS)
      return t("amounts.secondsLeft", { seconds: Math.ceil(ms / (5 * SECOND_MS)) * 5 });
    if (ms < 55 * MINUTE_MS)
      return t("amounts.minutesLeft", { minutes: Math.max(1, Math.round(ms / MINUTE_MS)) });
    return t("amounts.hoursLeft", { hours: Math.max(1, Math.round(ms / HOUR_MS)) });
  },
  /** "812 B", "3.4 MB"; powers of 1000, as systems show files. */
  size: (bytes: number, { digits }: Ground) => {
    const units = ["B", "kB", "MB", "GB", "TB"] as const;
    let value = bytes;
    let unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return `${digits(value, 0, unit === 0 || value >= 99.5 ? 0 : 1)} ${units[unit]}`;
  },
  /** "14:03:07": the time of a log line, in the person's own zone. */
  clock: (at: number, { date }: Ground) =>
    date(at, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  /** "25 Nov 2026, 14:03": a moment that must be told from every other. */
  moment: (at: number, { date }: Ground) =>
    date(at, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }),
  /** A past moment seen from now: "just now", "4 min ago", "3 h ago", "yesterday", "12 Nov", "12 Nov 2025". */
  ago: (at: number, { t, date }: Ground, now = Date.now()) => {
    const passed = now - at;
    if (passed < MINUTE_MS) return t("amounts.justNow");
    if (passed < HOUR_MS) return t("amounts.minutesAgo", { minutes: Math.floor(passed / MINUTE_MS) });
    const then = new Date(at);
    const today = new Date(now);
    const days = Math.round((startOfDay(today) - startOfDay(then)) / (24 * HOUR_MS));
    if (days <= 0) return t("amounts.hoursAgo", { hours: Math.floor(passed / HOUR_MS) });
    if (days === 1) return t("amounts.yesterday");
    if (days < 7) return t("amounts.daysAgo", { days });
    const year = then.getFullYear() === today.getFullYear() ? {} : { year: "numeric" as const };
    return date(at, { day: "numeric", month: "short", ...year });
  },
} as const satisfies Record<string, (value: number, ground: Ground, now?: number) => string>;

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** @param texts those of `T` in that language */
export function createWords<T extends Table = typeof en>(
  language: Language,
  texts: Translation<T>,
): Words<T> {
  const table: Table = texts as Table;
  const { numbers, dates } = locales[language];
  const numberFormat = cached(
    (options: Intl.NumberFormatOptions | undefined) => new Intl.NumberFormat(numbers, options),
  );
  const dateFormat = cached(
    (options: Intl.DateTimeFormatOptions | undefined) => new Intl.DateTimeFormat(dates, options),
  );
  const pluralRules = cached(
    (options: Intl.PluralRulesOptions | undefined) => new Intl.PluralRules(numbers, options),
  );
  const joined = cached((type: "conjunction" | "disjunction" | undefined) =>
    type ? new Intl.ListFormat(dates, { type }) : new Intl.ListFormat(dates),
  );

  // The formatter gives each number and date to what these answer; `style` is one of ours, or the formatter's own.
  const formatters = {
    getNumberFormat: (_locale: unknown, options?: Intl.NumberFormatOptions) =>
      styled(options) ?? numberFormat(options),
    getDateTimeFormat: (_locale: unknown, options?: Intl.DateTimeFormatOptions) =>
      styled(options) ?? dateFormat(options),
    getPluralRules: (_locale: unknown, options?: Intl.PluralRulesOptions) => pluralRules(options),
  };
  const names = Object.keys(styles) as (keyof typeof styles)[];
  // Of the formatter's kind in its eyes; it only hands them to the functions above.
  const byName = Object.fromEntries(names.map((name) => [name, { catwalk: name } as never]));
  const formats = { number: byName, date: byName, time: byName };
  // biome-ignore lint/suspicious/noExplicitAny: the formatter only ever calls `format`
  const styled = (options: object | undefined): any =>
    options && "catwalk" in options ? { format: amounts[options.catwalk as keyof typeof styles] } : undefined;

  const read = new Map<string, string | IntlMessageFormat>();
  const textOf = (id: string): string | IntlMessageFormat => {
    const dot = id.indexOf(".");
    const text = table[id.slice(0, dot)]?.[id.slice(dot + 1)];
    if (text === undefined) return id;
    if (!text.includes("{") && !text.includes("''")) return text;
    return new IntlMessageFormat(text, numbers, formats, { ignoreTag: true, formatters });
  };

  const render = (id: string, values: Readonly<Record<string, Value>> = {}): string => {
    let text = read.get(id);
    if (text === undefined) {
      text = textOf(id);
      read.set(id, text);
    }
    if (typeof text === "string") return text;
    const plain = Object.entries(values).map(([name, value]) => [name, plainOf(value)] as const);
    return text.format(Object.fromEntries(plain)) as string;
  };
  const plainOf = (value: Value): string | number => {
    if (typeof value === "number") return value;
    if (typeof value === "string" || isMessage(value)) return say(value);
    return "either" in value ? amounts.either(value.either.map(say)) : amounts.list(value.map(say));
  };
  const say = (said: Said): string => {
    if (typeof said === "string") return said;
    try {
      return render(said.id, said.values);
    } catch {
      // A record of another version that lacks a value of the text.
      return said.id;
    }
  };

  const t: Telling<T> = (id, ...[values]) => render(id, values as Readonly<Record<string, Value>>);
  const ground: Ground = {
    t: t as unknown as Telling<typeof en>,
    digits: (value, least, most) =>
      numberFormat({ minimumFractionDigits: least, maximumFractionDigits: most }).format(value),
    date: (at, options) => dateFormat(options).format(at),
  };
  const amounts: Amounts = {
    number: (value) => numberFormat(undefined).format(value),
    list: (words) => joined("conjunction").format(words),
    either: (words) => joined("disjunction").format(words),
    ...(Object.fromEntries(
      names.map((name) => [name, (value: number, now?: number) => styles[name](value, ground, now)]),
    ) as Pick<Amounts, keyof typeof styles>),
  };
  const told: Words["told"] = ({ message, remedy }) => `${say(message)} ${say(remedy)}`;
  return { language, t, say, told, ...amounts };
}

/** Formatters are dear to make and few. */
function cached<Options, Made>(make: (options: Options) => Made): (options: Options) => Made {
  const made = new Map<string, Made>();
  return (options) => {
    const key = JSON.stringify(options) ?? "";
    let found = made.get(key);
    if (found === undefined) {
      found = make(options);
      made.set(key, found);
    }
    return found;
  };
}
