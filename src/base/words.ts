/** Numbers and lists as sentences have them. */

export function amount(count: number): string {
  return count.toLocaleString("en");
}

/** "1 item", "2 items". */
export function counted(count: number, what: string): string {
  return `${amount(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** "a, b and c". */
export const listed = (words: readonly string[]): string => joined(words, "and");

/** "a, b or c". */
export const either = (words: readonly string[]): string => joined(words, "or");

const NAMED = 3;

/** "a, b, c and 4 more". */
export function someOf(names: readonly string[]): string {
  const more = names.length - NAMED;
  return more > 0 ? `${names.slice(0, NAMED).join(", ")} and ${amount(more)} more` : names.join(", ");
}

function joined(words: readonly string[], by: "and" | "or"): string {
  const last = words.at(-1) ?? "";
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} ${by} ${last}` : last;
}

/** Jobs of earlier runs that the server has already: a part of a run that costs nothing new. */
export function jobsOutWords(jobs: number): string {
  const [they, them] = jobs === 1 ? ["is", "it"] : ["are", "they"];
  return `${counted(jobs, "job")} ${they} out already; ${them} will be looked at and not made again.`;
}

/** A server's own words, as such: they are never a sentence of ours. To be followed by a full stop. */
export function saidBy(words: string): string {
  return `"${words.trim().replace(/\.$/, "")}"`;
}

/** Before a graph is run whose earlier run left something in doubt. */
export function earlierDoubtWords(steps: number, titles: readonly string[]): string {
  const which = listed(titles.map((title) => `“${title}”`));
  const they = steps === 1 ? "it" : "they";
  return `An earlier run of this graph left ${counted(steps, "step")} in doubt (${which}): ${they} may have been made and charged. Look at ${steps === 1 ? "it" : "them"} first.`;
}
