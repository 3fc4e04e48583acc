/** What something costs by estimate, from whole microdollars: "about $0.12", "less than $0.01", "free". */
export function money(microdollars: number): string {
  if (microdollars <= 0) return "free";
  if (microdollars < 10_000) return "less than $0.01";
  return `about $${(microdollars / 1_000_000).toFixed(2)}`;
}

/** "1.50", "$2" or "0,10" in whole microdollars; undefined for what is no amount. Never more than $1,000,000. */
export function parseDollars(text: string): number | undefined {
  const [, whole, part = ""] = /^\$?\s*(\d{1,7})(?:[.,](\d{1,6}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const microdollars = Number(whole) * 1_000_000 + Number(part.padEnd(6, "0"));
  return microdollars <= 1_000_000_000_000 ? microdollars : undefined;
}

/** As a person would type it: "1.50", "0.004". */
export function dollarsText(microdollars: number): string {
  const exact = (microdollars / 1_000_000).toFixed(6).replace(/0+$/, "");
  const digits = exact.length - exact.indexOf(".") - 1;
  return digits < 2 ? (microdollars / 1_000_000).toFixed(2) : exact;
}
