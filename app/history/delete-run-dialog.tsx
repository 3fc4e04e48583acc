import { useEffect, useState } from "react";
import type { PastRun, RunRemoval } from "../../src/studio/contract.ts";
import { runStore } from "../stores/run.ts";
import { called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { toast } from "../ui/toasts.tsx";
import { ago, count, money } from "../words/words.ts";
import styles from "./delete-run-dialog.module.css";
import { refreshPastRuns } from "./past-runs.ts";

/** Asks before a run is deleted, and says what goes and what stays. */
export function DeleteRunDialog(props: {
  readonly run: PastRun | undefined;
  readonly onClose: (deleted: boolean) => void;
}) {
  const { run, onClose } = props;
  const removal = useRemoval(run);
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    if (!run) return;
    setBusy(true);
    const answer = await called(studio.client.runs.remove({ runId: run.runId }));
    setBusy(false);
    if (!answer.ok) {
      const { message, remedy } = wordsOf(answer.failure);
      toast({ title: "The run was not deleted.", description: `${message} ${remedy}`, look: "danger" });
      return;
    }
    if (runStore.getState().run?.runId === run.runId) runStore.getState().show(undefined);
    refreshPastRuns();
    onClose(true);
  };
  return (
    <Dialog
      open={run !== undefined}
      onClose={() => onClose(false)}
      title="Delete this run?"
      description={
        run &&
        `The run of “${run.graphName}” from ${ago(run.startedAt, Date.now())}: its steps, its log and its copy of the graph go for good.`
      }
      footer={
        <>
          <Button onClick={() => onClose(false)}>Keep it</Button>
          <Button look="danger" disabled={busy || removal === undefined} onClick={() => void remove()}>
            Delete run
          </Button>
        </>
      }
    >
      {removal && <WhatStays removal={removal} />}
    </Dialog>
  );
}

function useRemoval(run: PastRun | undefined): RunRemoval | undefined {
  const [removal, setRemoval] = useState<RunRemoval>();
  const runId = run?.runId;
  useEffect(() => {
    setRemoval(undefined);
    if (runId === undefined) return;
    let wanted = true;
    void called(studio.client.history.removal({ runId })).then((answer) => {
      if (wanted && answer.ok) setRemoval(answer.value);
    });
    return () => {
      wanted = false;
    };
  }, [runId]);
  return removal;
}

function WhatStays({ removal }: { readonly removal: RunRemoval }) {
  const { outputs, spentMicrodollars, posts, openJobs, doubts } = removal;
  const stays = [
    ...(outputs > 0
      ? [
          `${count(outputs, "result")} in the gallery${spentMicrodollars > 0 ? `; the run cost ${money(spentMicrodollars)}` : ""}.`,
        ]
      : []),
    ...(posts > 0 ? [`${count(posts, "post")} in the ledger, so that nothing is posted twice unasked.`] : []),
  ];
  const lost = [
    ...(openJobs.length > 0
      ? [
          `${count(openJobs.length, "job")} may go on at the server. Their ids are forgotten with the run, and nothing fetches what they make.`,
        ]
      : []),
    ...(doubts.length > 0
      ? [`Of ${count(doubts.length, "create")} nobody knows whether it arrived. Look on the server first.`]
      : []),
  ];
  return (
    <div className={styles["parts"]}>
      {lost.length > 0 && (
        <ul className={styles["lost"]} aria-label="What is lost">
          {lost.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <section aria-label="What stays">
        <h3>What stays</h3>
        {stays.length === 0 ? (
          <p>The run made nothing and posted nothing.</p>
        ) : (
          <ul>
            {stays.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}
