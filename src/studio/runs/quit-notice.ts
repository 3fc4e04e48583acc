import type { UnfinishedRun } from "./run-reads.ts";

/** What quitting now would interrupt, in words: a question where there is a window, lines where there is a terminal. */
export type QuitNotice = {
  readonly message: string;
  readonly detail: string;
  /** Which runs are left, and how each goes on. */
  readonly lines: readonly string[];
};

const MOST_NAMED = 4;

export function quitNotice(unfinished: readonly UnfinishedRun[]): QuitNotice | undefined {
  if (unfinished.length === 0) return undefined;
  const running = unfinished.filter(({ status }) => status !== "queued");
  const queued = unfinished.length - running.length;
  const parts = [
    ...(running.length > 0 ? [runs(running.length, "under way")] : []),
    ...(queued > 0 ? [running.length > 0 ? `${queued} queued` : runs(queued, "queued")] : []),
  ];
  const named = unfinished.slice(0, MOST_NAMED).map(statusWords);
  const more = unfinished.length - named.length;
  const list = [...named, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
  const after = "Nothing is lost: start Catwalk again to resume them.";
  return {
    message: `${parts.join(" and ")}.`,
    detail:
      running.length > 0
        ? `${list}\n\nJobs the server already has go on there, and may cost money. ${after}`
        : `${list}\n\nNothing of them has been made. ${after}`,
    lines: [
      `${parts.join(" and ")}. Jobs the server already has go on there.`,
      ...unfinished.map((run) => `  ${statusWords(run)}: catwalk resume ${run.runId}${serverFlag(run)}`),
      "Or start the studio again and press Resume.",
    ],
  };
}

function runs(count: number, state: string): string {
  return count === 1 ? `1 run is ${state}` : `${count} runs are ${state}`;
}

function statusWords({ graphName, serverLabel, status, done, steps }: UnfinishedRun): string {
  const how = status === "queued" ? "queued" : `${done} of ${steps} done`;
  return `“${graphName}” on ${serverLabel}, ${how}`;
}

/** The command line uses the sandbox unless told otherwise, and a run goes on only where it began. */
function serverFlag({ serverLabel }: UnfinishedRun): string {
  if (serverLabel === "Sandbox") return "";
  return serverLabel === "Live" ? " --server live" : " --server URL";
}
