import { randomUUID } from "node:crypto";
import { Refused } from "../ground/refused.ts";

/** The plans that were looked at, by the handle that a person's yes gives back. Lives as long as the process. */
export type Looks<Look> = {
  keep(look: Look): string;
  /** A handle starts one thing at most. @throws Refused `preflight-void` when there is no such look any more */
  take(handle: string): Look;
};

/** So many looks wait for a yes; each holds a graph and its plan. */
const MOST_LOOKS = 8;

export function createLooks<Look>(): Looks<Look> {
  const looks = new Map<string, Look>();
  return {
    keep(look) {
      const handle = randomUUID();
      looks.set(handle, look);
      for (const oldest of [...looks.keys()].slice(0, -MOST_LOOKS)) looks.delete(oldest);
      return handle;
    },
    take(handle) {
      const look = looks.get(handle);
      if (!look) throw preflightVoid("This look at the run was used before, or is too old.");
      looks.delete(handle);
      return look;
    },
  };
}

/** Nothing is sent when what a person looked at is not what would start. @param change what happened, as a sentence */
export function preflightVoid(change: string): Refused {
  return new Refused(
    "preflight-void",
    `${change} Nothing was started, and nothing was charged.`,
    "Look again at what it will do and cost, and start it from there.",
  );
}
