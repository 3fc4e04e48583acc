/** Numbers and lists as sentences have them. */

export function amount(count: number): string {
  return count.toLocaleString("en");
}

/** "1 item", "2 items". */
export function counted(count: number, what: string): string {
  return `${amount(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** "a, b and c". */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${last}` : last;
}
