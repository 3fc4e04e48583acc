import { toast } from "../ui/toasts.tsx";
import { count, list } from "../words/words.ts";

/** Files that were dropped and not taken, with one reason for all of them. */
export type NotTaken = {
  readonly names: readonly string[];
  readonly reason: string;
  /** What the notice says where there is nothing else to say. Default: that they were not taken. */
  readonly title?: string;
};

/** Names each file that was dropped and not taken. */
export function tellNotTaken(names: readonly string[], reason: string): void {
  notTakenNotice()({ names, reason });
}

/** One notice for all that one drop leaves: what is found out later is added to it. */
export function notTakenNotice(): (...more: readonly NotTaken[]) => void {
  const id = crypto.randomUUID();
  let told: readonly NotTaken[] = [];
  return (...more) => {
    told = [...told, ...more].filter(({ names, title }) => names.length > 0 || title);
    if (told.length > 0) toast({ id, ...notTakenWords(told), look: "danger" });
  };
}

/** Pure. Of several reasons each is said once, after the files it is about. */
function notTakenWords(told: readonly NotTaken[]): {
  readonly title: string;
  readonly description: string;
} {
  const byReason = new Map<string, readonly string[]>();
  for (const { names, reason } of told)
    byReason.set(reason, [...(byReason.get(reason) ?? []), ...names.map((name) => `“${name}”`)]);
  const all = [...byReason.values()].flat();
  const [only] = told;
  const own = told.length === 1 ? only?.title : undefined;
  const title =
    own ?? (all.length === 1 ? `${all[0]} was not taken` : `${count(all.length, "file")} were not taken`);
  if (all.length <= 1) return { title, description: only?.reason ?? "" };
  const parts = [...byReason].map(([reason, names]) =>
    byReason.size === 1 ? `${list(names)}. ${reason}` : `${list(names)}: ${reason}`,
  );
  return { title, description: parts.join(" ") };
}

export const namesOf = (files: readonly File[]) => files.map(({ name }) => name);
