/** Text as search compares it: without case, accents and the differences of compatibility forms. */
export function foldText(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** At most so many words of a search are looked for; more of them would narrow nothing. */
const MOST_WORDS = 8;

/** The words of a search; all of them have to be found, in any order. */
export function searchWords(text: string): readonly string[] {
  return foldText(text).split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
}
