import { toast } from "../ui/toasts.tsx";
import { count, list } from "../words/amounts.ts";

/** Names each file that was dropped and not taken, with one reason for all of them. */
export function tellNotTaken(names: readonly string[], reason: string): void {
  const quoted = names.map((name) => `“${name}”`);
  const [only] = quoted;
  toast({
    title: names.length === 1 ? `${only} was not taken` : `${count(names.length, "file")} were not taken`,
    description: names.length === 1 ? reason : `${list(quoted)}. ${reason}`,
    look: "danger",
  });
}

export const namesOf = (files: readonly File[]) => files.map(({ name }) => name);
