import { useState } from "react";
import type { RunSummary } from "../../src/studio/contract.ts";
import { refreshInterrupted, useOpenWork } from "../stores/open-work.ts";
import { called, studio } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { toast } from "../ui/toasts.tsx";
import { count, list, told } from "../words/words.ts";
import { InterruptedDialog } from "./interrupted-dialog.tsx";
import { resumeRun } from "./start-run.ts";

/** Said while there are runs that were cut off. Nothing of them goes on by itself, and parked ones not along with others. */
export function InterruptedOffer() {
  const runs = useOpenWork(({ interrupted }) => interrupted);
  const ready = runs.filter(({ parked }) => !parked);
  const parked = runs.filter((run) => run.parked);
  const [busy, setBusy] = useState(false);
  const [looking, setLooking] = useState(false);
  const act = async (each: () => Promise<void>) => {
    setBusy(true);
    await each();
    await refreshInterrupted();
    setBusy(false);
  };
  const stopped = ready.find((run) => run.stopped)?.stopped;
  return (
    <>
      {runs.length > 0 && (
        <Notice
          label="Interrupted runs"
          role={stopped ? "alert" : undefined}
          actions={
            <>
              {ready.length > 0 && (
                <Button
                  size="small"
                  look="primary"
                  disabled={busy}
                  onClick={() => void act(() => resumeAll(ready))}
                >
                  Resume
                </Button>
              )}
              <Button size="small" disabled={busy} onClick={() => setLooking(true)}>
                {ready.length > 0 ? "Discard…" : "Resume or discard…"}
              </Button>
              {ready.length > 0 && runs.length > 1 && (
                <Button size="small" look="quiet" disabled={busy} onClick={() => setLooking(true)}>
                  One by one
                </Button>
              )}
            </>
          }
        >
          {[
            ...(ready.length === 0
              ? []
              : [stopped ? `${whichWere(ready)} stopped. ${told(stopped)}` : interrupted(ready)]),
            ...(parked.length === 0 ? [] : [parkedWords(parked)]),
          ].join(" ")}
        </Notice>
      )}
      <InterruptedDialog
        open={looking && runs.length > 0}
        runs={runs}
        busy={busy}
        onResume={(some) => {
          if (some.length === runs.length) setLooking(false);
          void act(() => resumeAll(some));
        }}
        onDiscard={(some) => void act(() => discardAll(some))}
        onClose={() => setLooking(false)}
      />
    </>
  );
}

function whichWere(runs: readonly RunSummary[]): string {
  return runs.length === 1 ? `A run of “${runs[0]?.graphName}” was` : `${runs.length} runs were`;
}

/** Of several with the graphs they are of, as long as the line has room for them. */
function interrupted(runs: readonly RunSummary[]): string {
  const names = [...new Set(runs.map(({ graphName }) => `“${graphName}”`))];
  const which = runs.length > 1 && names.length <= 3 ? `: ${list(names)}` : "";
  return `${whichWere(runs)} interrupted${which}.`;
}

function parkedWords(runs: readonly RunSummary[]): string {
  return runs.length === 1
    ? `A run of “${runs[0]?.graphName}” is parked: each time it was resumed, Catwalk ended soon after.`
    : `${runs.length} runs are parked: each time they were resumed, Catwalk ended soon after.`;
}

/** One after the other; the first that needs a person's consent asks for it, and the rest stay on offer. */
async function resumeAll(runs: readonly RunSummary[]): Promise<void> {
  for (const { runId } of runs) if ((await resumeRun(runId)) !== "resumed") return;
}

async function discardAll(runs: readonly RunSummary[]): Promise<void> {
  let jobs = 0;
  for (const { runId } of runs) {
    const answer = await called(studio.client.runs.discard({ runId }));
    if (answer.ok) jobs += answer.value.openJobs.length + answer.value.doubts.length;
    else if ("message" in answer.failure)
      toast({
        title: "The run was not discarded.",
        look: "danger",
        description: told(answer.failure),
      });
  }
  if (jobs > 0)
    toast({
      title: `${count(jobs, "job")} may go on at the server.`,
      description: "They are named in the list of runs.",
    });
}
