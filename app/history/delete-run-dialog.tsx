import { useEffect, useState } from "react";
import type { PastRun, RunRemoval } from "../../src/studio/contract.ts";
import { runStore } from "../stores/run.ts";
import { called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { toast } from "../ui/toasts.tsx";
import { t } from "../words/words.ts";
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
      toast({ title: t("history.notDeleted"), description: `${message} ${remedy}`, look: "danger" });
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
      title={t("history.deleteTitle")}
      description={run && t("history.deleteText", { graph: run.graphName, at: run.startedAt })}
      footer={
        <>
          <Button onClick={() => onClose(false)}>{t("history.keep")}</Button>
          <Button look="danger" disabled={busy || removal === undefined} onClick={() => void remove()}>
            {t("history.delete")}
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
          spentMicrodollars > 0
            ? t("history.paidResultsStay", { results: outputs, cost: spentMicrodollars })
            : t("history.resultsStay", { results: outputs }),
        ]
      : []),
    ...(posts > 0 ? [t("history.postsStay", { posts })] : []),
  ];
  const lost = [
    ...(openJobs.length > 0 ? [t("history.jobsLost", { jobs: openJobs.length })] : []),
    ...(doubts.length > 0 ? [t("history.doubtsLost", { creates: doubts.length })] : []),
  ];
  return (
    <div className={styles["parts"]}>
      {lost.length > 0 && (
        <ul className={styles["lost"]} aria-label={t("history.lost")}>
          {lost.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <section aria-label={t("history.stays")}>
        <h3>{t("history.stays")}</h3>
        {stays.length === 0 ? (
          <p>{t("history.nothingMade")}</p>
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
