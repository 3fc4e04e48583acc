import { z } from "zod";
import type { RunRow } from "../../library/index.ts";
import { Refused } from "../ground/refused.ts";
import type { Server } from "../server/connection.ts";

/** Why a run does not take a command, in the words every host shows. */

export function runMissing(): Refused {
  return new Refused("run-missing", "There is no such run.", "Look at the list of runs.");
}

export function runQueued(): Refused {
  return new Refused(
    "run-queued",
    "This run waits in the queue; nothing of it has been made.",
    "It begins by itself. To begin it sooner, move it up in the queue.",
  );
}

/** It cannot be resumed: a living process has it, maybe this one. */
export function runHeld(pid: number | undefined): Refused {
  return new Refused(
    "run-held",
    `This run is held by a Catwalk that is alive (process ${pid ?? "unknown"}).`,
    "Go on with it there, or end that process first.",
  );
}

/** It cannot be told anything here: another process has it. */
export function runElsewhere(pid: number | undefined): Refused {
  return new Refused(
    "run-elsewhere",
    `This run belongs to another Catwalk on this machine (process ${pid ?? "unknown"}).`,
    "Go on with it there.",
  );
}

/** It cannot be told anything here: nobody has it. */
export function runOver(): Refused {
  return new Refused("run-over", "This run was held by a Catwalk that has ended since.", "Resume it first.");
}

export function runDamaged(): Refused {
  return new Refused(
    "run-damaged",
    "The library was damaged, and nobody knows whether all that this run has sent is in its journal.",
    "Start a new run; look at the server first for what the old one has made.",
  );
}

/**
 * Reads what the library keeps of a run. SQLite has no checksums: a text that reads well may be nonsense, and then it is
 * this run that cannot be shown, and no other. @throws Refused `run-damaged`
 */
export async function readingRun<Read>(read: () => Read | Promise<Read>): Promise<Read> {
  try {
    return await read();
  } catch (error) {
    const isNonsense =
      error instanceof SyntaxError || error instanceof TypeError || error instanceof z.core.$ZodError;
    if (!isNonsense) throw error;
    throw new Refused(
      "run-damaged",
      "What the library keeps of this run is damaged and cannot be read. Other runs are not touched by that.",
      "Look at the server for what this run has made. “catwalk salvage --force” brings over what can still be read.",
      error,
    );
  }
}

export function runOnOtherServer(row: RunRow, server: Server): Refused {
  const isOtherSandbox = row.serverLabel === "Sandbox" && server.isSandbox;
  const place = isOtherSandbox
    ? "another sandbox than the one of this data folder"
    : row.serverLabel === server.label
      ? `another account on ${row.serverLabel}`
      : `${row.serverLabel}, and this Catwalk is on ${server.label}`;
  return new Refused(
    "run-other-server",
    `This run belongs to ${place}. Its jobs and media are known only there.`,
    isOtherSandbox
      ? "Its sandbox's state is no longer here, so run its graph again; the run itself can be discarded."
      : row.serverLabel === "Sandbox"
        ? "Choose the sandbox."
        : "Choose that server, with the key the run was started with.",
  );
}

export function runParked({ resumes }: RunRow): Refused {
  return new Refused(
    "run-parked",
    `Catwalk has ended unexpectedly ${resumes} times in a row after this run was resumed.`,
    "Resume it once more by its own button or by catwalk resume, or discard it.",
  );
}
