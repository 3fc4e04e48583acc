/** One thing that is found by typing. */
export type Findable = {
  readonly id: string;
  readonly name: string;
  /** Other words for it, each a word or a phrase of its own. */
  readonly also?: readonly string[];
  /** A sentence about it; its words find it when nothing nearer does. */
  readonly about?: string;
  /** Spends, or starts and stops what spends: found by any word, but first only by its own name. */
  readonly needsOwnName?: boolean;
  /** Changes or deletes something: never first for a weak hit, that is a slip, letters inside of a word or its sentence. */
  readonly changes?: boolean;
  /** Cannot be taken now. It keeps its place, and nothing else is first where it was meant. */
  readonly disabled?: boolean;
  /** Is named by a person, as a file is: found after all commands that a word means, unless it has exactly that name. */
  readonly aside?: boolean;
};

export type Ranking<Entry> = {
  /** Best first. */
  readonly found: readonly Entry[];
  /** What Enter takes at once. Absent where that would be something else than was meant, or spend for a near name. */
  readonly first: Entry | undefined;
  /** The disabled entry that was meant, so that there is no first one. */
  readonly inTheWay: Entry | undefined;
};

/**
 * The one order of every list that is searched by typing: exact name, beginning of the name, beginning of one of its
 * words, other words for it, the rest; among equals what was used last, then the order given. Slips of the hand count
 * only where nothing was typed right. What needs its own name stands behind all others unless the query begins that
 * name; among several of those the shortest name comes first, whatever was used last. What is disabled stands behind its
 * equals, unless the query begins its name.
 *
 * @param recent ids, the last used one first.
 */
export function rank<Entry extends Findable>(
  entries: readonly Entry[],
  query: string,
  recent: readonly string[] = [],
): Ranking<Entry> {
  const typed = parts(query);
  const uses = new Map(recent.map((id, index) => [id, index]));
  const signs = typed.squashed === "" ? query.trim() : "";
  const score = (slips: boolean) =>
    entries.flatMap((entry, order) => {
      // Signs are no words: they find only names that hold them, and before anything is typed all are listed.
      if (!entry.name.includes(signs)) return [];
      const near = typed.squashed === "" ? EXACT : nearness(entry, typed, slips);
      if (near === undefined) return [];
      const held = isHeldBack(entry, typed);
      // A habit must not lift the costlier one of two that spend.
      const used = (entry.needsOwnName ? undefined : uses.get(entry.id)) ?? Number.POSITIVE_INFINITY;
      const length = entry.needsOwnName ? parts(entry.name).squashed.length : 0;
      const late = entry.disabled && near > BEGUN_WORD ? 1 : 0;
      return [{ entry, held, near, late, used, length, order }];
    });
  const typedRight = score(false);
  const meant = typedRight.some(({ near }) => near < SLIP) ? typedRight : score(true);
  meant.sort(
    (a, b) =>
      a.held - b.held ||
      a.near - b.near ||
      a.late - b.late ||
      compareUses(a.used, b.used) ||
      a.length - b.length ||
      a.order - b.order,
  );
  const inTheWay = meant.find((each) => isInTheWay(each, meant[0], typed));
  // A row that says why not is of use where it is seen, so it stands on top.
  const found = inTheWay ? [inTheWay, ...meant.filter((each) => each !== inTheWay)] : meant;
  const best = found[0];
  return {
    found: found.map(({ entry }) => entry),
    first: best && !inTheWay && isTakenAtOnce(best) ? best.entry : undefined,
    inTheWay: inTheWay?.entry,
  };
}

type Scored = { readonly entry: Findable; readonly held: number; readonly near: number };

const isTakenAtOnce = ({ entry, held, near }: Scored): boolean =>
  held < HELD_BACK && !entry.disabled && !(entry.changes && near > ALSO_BEGINNING);

/** Whether a disabled entry was meant rather than the best one: then Enter must not do something else. */
function isInTheWay({ entry, near }: Scored, best: Scored | undefined, typed: Parts): boolean {
  if (!entry.disabled || !best || typed.squashed === "") return false;
  if (near === EXACT || entry === best.entry) return true;
  if (near > BEGUN_WORD) return false;
  // The query may be on its way to either name: what does no harm may be taken, and what spends by its whole first word.
  return best.near > BEGUN_WORD || best.entry.changes === true;
}

const compareUses = (a: number, b: number): number => (a === b ? 0 : a - b);

const HELD_BACK = 1;

function isHeldBack(entry: Findable, typed: Parts): number {
  if (!entry.needsOwnName) return 0;
  const name = parts(entry.name).squashed;
  return typed.squashed !== "" && name.startsWith(typed.squashed) ? 0 : HELD_BACK;
}

const EXACT = 0;
/** Whole words from the beginning of the name of something that spends: no habit puts anything else before it. */
const BEGUN_OWN = 0.5;
const BEGINNING = 1;
/** Begins the name of something that spends, but not yet with a whole word: "ru" may be on its way to "Run panel". */
const BEGUN_WORD = 1.5;
const WORD = 2;
const ALSO_EXACT = 3;
const ALSO_BEGINNING = 4;
const ASIDE = 4.5;
const INSIDE = 5;
const SLIP = 6;
const SHORT_INSIDE = 9;
const LOOSE = 10;

/** Three letters inside of a long word are rather a slip in a short one. */
const SHORT = 3;

/** Smaller is nearer; `undefined` when it is not meant. */
function nearness(entry: Findable, typed: Parts, slipsCount: boolean): number | undefined {
  const name = parts(entry.name);
  if (name.squashed === typed.squashed) return EXACT;
  if (name.squashed.startsWith(typed.squashed)) {
    const isWhole = (name.words[0]?.length ?? 0) <= typed.squashed.length;
    if (!entry.needsOwnName) return entry.aside ? ASIDE : BEGINNING;
    return isWhole ? BEGUN_OWN : BEGUN_WORD;
  }
  if (beginsAtWord(name, typed) || beginInOrder(name.words, typed.words)) return entry.aside ? ASIDE : WORD;
  const also = (entry.also ?? []).map(parts);
  if (also.some(({ squashed }) => squashed === typed.squashed)) return ALSO_EXACT;
  if (also.some((each) => beginsAtWord(each, typed))) return ALSO_BEGINNING;
  const isInside = isLongEnough(typed) && name.squashed.includes(typed.squashed);
  if (isInside && typed.squashed.length > SHORT) return INSIDE;
  const slips = slipsCount ? slipsIn([name, ...also], typed.squashed) : undefined;
  if (slips !== undefined) return SLIP + slips;
  if (isInside) return SHORT_INSIDE;
  const all = [...name.words, ...also.flatMap(({ words }) => words), ...parts(entry.about ?? "").words];
  return typed.words.every((word) => all.some((each) => each.startsWith(word))) ? LOOSE : undefined;
}

type Parts = {
  readonly words: readonly string[];
  /** Without the spaces, so that "tik tok" is TikTok. */
  readonly squashed: string;
  /** What is left from each word on. */
  readonly tails: readonly string[];
};

const known = new Map<string, Parts>();

function parts(text: string): Parts {
  const kept = known.get(text);
  if (kept) return kept;
  const plain = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  const squashed = words.join("");
  const made = { words, squashed, tails: words.map((_, index) => words.slice(index).join("")) };
  // The names of one window are few; those of many windows' days are not.
  if (known.size > 20_000) known.clear();
  known.set(text, made);
  return made;
}

const beginsAtWord = ({ tails }: Parts, { squashed }: Parts): boolean =>
  tails.some((tail) => tail.startsWith(squashed));

/** "pub tik": each word begins one of the name's, in its order. */
function beginInOrder(words: readonly string[], typed: readonly string[]): boolean {
  let from = 0;
  return typed.every((word) => {
    const at = words.findIndex((each, index) => index >= from && each.startsWith(word));
    from = at + 1;
    return at >= 0;
  });
}

/** Shorter ones stand inside of everything, but for scripts in which one sign is a word. */
const isLongEnough = ({ squashed }: Parts): boolean =>
  squashed.length >= SHORT || /[^\p{ASCII}]/u.test(squashed);

const SHORTEST_SLIP = 3;
const SHORTEST_TWO_SLIPS = 6;

/** How far from the nearest of the texts, or from its beginning, in [0, 3); `undefined` when too far for a slip. */
function slipsIn(texts: readonly Parts[], typed: string): number | undefined {
  if (typed.length < SHORTEST_SLIP) return undefined;
  const most = typed.length < SHORTEST_TWO_SLIPS ? 1 : 2;
  let best = Number.POSITIVE_INFINITY;
  texts.forEach(({ tails }, text) => {
    tails.forEach((tail, word) => {
      if (!beginsAlike(typed, tail)) return;
      const { whole, beginning } = distances(typed, tail, most);
      // Among as many slips: the name before other words, its first word before others, the same first letter before
      // another, the whole before a beginning.
      const minor = (text > 0 ? 0.4 : 0) + (word > 0 ? 0.2 : 0) + (tail[0] === typed[0] ? 0 : 0.15);
      best = Math.min(best, (whole <= most ? whole : Number.POSITIVE_INFINITY) + minor);
      best = Math.min(best, (beginning <= most ? beginning : Number.POSITIVE_INFINITY) + minor + 0.1);
    });
  });
  // One slip or two, so that what is left is below 3.
  return Number.isFinite(best) ? best - 1 : undefined;
}

/** Saves the long look at almost every name: a slip leaves one of the first two letters about where it was. */
const beginsAlike = (typed: string, text: string): boolean =>
  typed[0] === text[0] || typed[1] === text[1] || typed[0] === text[1] || typed[1] === text[0];

const tooFar = { whole: Number.POSITIVE_INFINITY, beginning: Number.POSITIVE_INFINITY };

/**
 * Letters added, left out, changed or swapped with the next one (optimal string alignment) to come from `typed` to the
 * whole of `text`, and to the nearest beginning of it.
 */
function distances(typed: string, text: string, most: number): { whole: number; beginning: number } {
  // What lies farther in cannot be the end of a beginning that is near enough.
  const target = text.slice(0, typed.length + most);
  const isCut = target.length < text.length;
  let beforeLast: number[] = [];
  let last = Array.from({ length: target.length + 1 }, (_, index) => index);
  for (let i = 1; i <= typed.length; i++) {
    const row = [i];
    for (let j = 1; j <= target.length; j++) {
      const same = typed[i - 1] === target[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && typed[i - 1] === target[j - 2] && typed[i - 2] === target[j - 1])
        cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    if (Math.min(...row) > most && Math.min(...last) > most) return tooFar;
    [beforeLast, last] = [last, row];
  }
  return { whole: isCut ? Number.POSITIVE_INFINITY : at(last, target.length), beginning: Math.min(...last) };
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
