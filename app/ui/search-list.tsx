import { Command } from "cmdk";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { t } from "../words/words.ts";
import { classNames } from "./class-names.ts";
import { type Findable, rank } from "./rank.ts";
import styles from "./search-list.module.css";

export type Listed = Findable & {
  /** The heading it stands under while nothing is typed. */
  readonly group: string;
  /** Found by typing only. */
  readonly quiet?: boolean;
  /** Why it cannot be picked now, while it is disabled: a sentence. */
  readonly why?: string;
};

export type SearchListProps<Entry extends Listed> = {
  readonly label: string;
  readonly placeholder: string;
  /** What is said when nothing is found. */
  readonly empty: string;
  readonly entries: readonly Entry[];
  /** Ids of what was picked before, the last one first. */
  readonly recent: readonly string[];
  readonly draw: (entry: Entry, typed: boolean) => ReactNode;
  readonly onPick: (entry: Entry) => void;
  /** Hears which row is marked. */
  readonly onPoint?: (entry: Entry | undefined) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly className?: string | undefined;
};

/** More rows than this are never read; a longer word finds the rest. */
const MOST_FOUND = 60;
const MOST_IN_GROUP = 60;
const MOST_RECENT = 5;
/** Marks the rows of what was used last, which may stand in another group, too. */
const RECENT = "recent ";
/** No entry's id: ids have a prefix. */
const HINT = "hint";

/** A list searched by typing. Enter takes the marked row: the first one, unless that needs its own name. */
export function SearchList<Entry extends Listed>(props: SearchListProps<Entry>) {
  const { label, placeholder, empty, entries, recent, draw, onPick, onPoint, onKeyDown, className } = props;
  const [search, setSearch] = useState("");
  // cmdk tells of the marked row only where it is given one.
  const [marked, setMarked] = useState("");
  const typed = search.trim() !== "";
  const { found, first, inTheWay } = useMemo(() => rank(entries, search, recent), [entries, search, recent]);
  const groups = typed
    ? [{ heading: undefined, rows: found.slice(0, MOST_FOUND) }]
    : grouped(entries, recent);
  const top = groups[0]?.rows[0];
  // Enter is pressed without looking: rather than the next best, which may spend, it then takes nothing.
  const isHeld = top !== undefined && (typed ? first !== top : top.needsOwnName || top.disabled);
  const hint = isHeld && hintFor(typed ? (inTheWay ?? top) : top);

  const point = useRef(onPoint);
  point.current = onPoint;
  useEffect(() => () => point.current?.(undefined), []);

  const row = (entry: Entry, prefix = "") => (
    <Command.Item
      key={entry.id}
      value={prefix + entry.id}
      disabled={entry.disabled === true}
      className={styles["item"]}
      onSelect={() => onPick(entry)}
    >
      {draw(entry, typed)}
    </Command.Item>
  );
  return (
    <Command
      label={label}
      loop
      // The order is ours, and so is what is left out.
      shouldFilter={false}
      vimBindings={false}
      {...(className ? { className } : {})}
      value={marked}
      onValueChange={(value) => {
        setMarked(value);
        const id = value.startsWith(RECENT) ? value.slice(RECENT.length) : value;
        onPoint?.(entries.find((entry) => entry.id === id));
      }}
      {...(onKeyDown ? { onKeyDown } : {})}
    >
      <Command.Input
        className={styles["input"]}
        placeholder={placeholder}
        value={search}
        onValueChange={setSearch}
        autoFocus
      />
      <Command.List className={styles["list"]}>
        {top === undefined && <p className={styles["empty"]}>{empty}</p>}
        {hint && (
          <Command.Item value={HINT} className={classNames(styles["item"], styles["hint"])}>
            {hint}
          </Command.Item>
        )}
        {groups.map(({ heading, rows }) => (
          <Command.Group key={heading ?? ""} heading={heading} className={styles["group"]}>
            {rows.map((entry) => row(entry, heading === t("ui.usedLast") ? RECENT : ""))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}

function hintFor({ disabled, why, needsOwnName }: Listed): string {
  if (disabled) return [t("ui.notPossibleNow"), why].filter(Boolean).join(" ");
  return t(needsOwnName ? "ui.pressDownActs" : "ui.pressDown");
}

type Group<Entry> = { readonly heading: string | undefined; readonly rows: readonly Entry[] };

/** What is shown before a word is typed: what was used last, then all that is not quiet under its headings. */
function grouped<Entry extends Listed>(
  entries: readonly Entry[],
  recent: readonly string[],
): readonly Group<Entry>[] {
  const used = recent
    .flatMap((id) => entries.find((entry) => entry.id === id) ?? [])
    .filter(({ needsOwnName, disabled }) => !needsOwnName && !disabled)
    .slice(0, MOST_RECENT);
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.quiet) continue;
    const rows = groups.get(entry.group) ?? [];
    if (rows.length < MOST_IN_GROUP) rows.push(entry);
    groups.set(entry.group, rows);
  }
  return [
    ...(used.length > 0 ? [{ heading: t("ui.usedLast"), rows: used }] : []),
    ...[...groups].map(([heading, rows]) => ({ heading, rows })),
  ];
}
