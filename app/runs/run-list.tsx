import { Trash2 } from "lucide-react";
import type { RunSummary } from "../../src/studio/contract.ts";
import { runStore, useRun } from "../stores/run.ts";
import { refreshHistory, useHistory } from "../stores/run-history.ts";
import { called, studio } from "../studio.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { toast } from "../ui/toasts.tsx";
import { ago, count, duration } from "../words.ts";
import { jobWords, outcomeWords } from "./event-words.ts";
import { resumeRun } from "./run-control.ts";
import styles from "./run-list.module.css";

/** Runs of the open graph, newest first; the chosen one is what the cards show. */
export function RunList() {
  const runs = useHistory((state) => state.runs);
  const shown = useRun((state) => state.run?.runId);
  if (runs.length === 0) return <p className={styles["empty"]}>This graph has not been run yet.</p>;
  return (
    <ul className={styles["list"]} aria-label="Runs">
      {runs.map((run) => (
        <Row key={run.runId} run={run} isShown={run.runId === shown} />
      ))}
    </ul>
  );
}

function Row({ run, isShown }: { readonly run: RunSummary; readonly isShown: boolean }) {
  const { runId, status, startedAt, settledAt, openJobs } = run;
  const facts = [
    `${run.done} of ${run.steps} done`,
    ...(run.failed > 0 ? [`${run.failed} failed`] : []),
    ...(settledAt === undefined ? [] : [duration(settledAt - startedAt)]),
    run.serverLabel,
  ];
  return (
    <li className={styles["row"]} data-shown={isShown ? "" : undefined}>
      <button
        type="button"
        className={styles["open"]}
        aria-pressed={isShown}
        onClick={() => runStore.getState().show(runId)}
      >
        <span className={styles["head"]}>
          <span className={styles["dot"]} data-status={status} />
          {outcomeWords[status]}
          <time>{ago(startedAt, Date.now())}</time>
        </span>
        <span className={styles["facts"]}>{facts.join(" · ")}</span>
      </button>
      {status === "interrupted" && (
        <div className={styles["interrupted"]} data-selectable>
          <p>
            {run.parked
              ? "Each time this run was resumed, Catwalk ended soon after. It is parked until you resume it here."
              : "Catwalk stopped in the middle of this run. Nothing was started again by itself."}
            {openJobs.length > 0 && ` ${count(openJobs.length, "job")} may go on at the server:`}
          </p>
          <Button size="small" onClick={() => void resumeRun(runId)}>
            Resume
          </Button>
          {openJobs.map(({ id, kind }) => (
            <p key={id}>
              {kind === "inference" || kind === "editor" || kind === "publish" ? jobWords[kind] : kind}{" "}
              <code>{id}</code>
            </p>
          ))}
        </div>
      )}
      {status !== "running" && status !== "queued" && (
        <IconButton
          size="small"
          label="Forget this run"
          className={styles["remove"] ?? ""}
          onClick={() => void forget(run)}
        >
          <Trash2 size={13} />
        </IconButton>
      )}
    </li>
  );
}

async function forget({ runId, graphId }: RunSummary): Promise<void> {
  const answer = await called(studio.client.runs.remove({ runId }));
  if (!answer.ok) {
    const { failure } = answer;
    toast({
      title: "The run was not forgotten.",
      look: "danger",
      ...("message" in failure ? { description: `${failure.message} ${failure.remedy}` } : {}),
    });
    return;
  }
  if (runStore.getState().run?.runId === runId) runStore.getState().show(undefined);
  await refreshHistory(graphId);
}
