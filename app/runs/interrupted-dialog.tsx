import type { RunSummary } from "../../src/studio/contract.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ago, count } from "../words/words.ts";
import styles from "./interrupted-dialog.module.css";

/** The runs that were cut off, one by one; the question before they are discarded. */
export function InterruptedDialog(props: {
  readonly open: boolean;
  readonly runs: readonly RunSummary[];
  readonly busy: boolean;
  readonly onResume: (runs: readonly RunSummary[]) => void;
  readonly onDiscard: (runs: readonly RunSummary[]) => void;
  readonly onClose: () => void;
}) {
  const { open, runs, busy, onResume, onDiscard, onClose } = props;
  const ready = runs.filter(({ parked }) => !parked);
  const all = ready.length < runs.length ? " the rest" : runs.length > 1 ? " all" : "";
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Interrupted runs"
      description="Resumed, a run goes on where it was: what is done stays done, and jobs that are out are only looked at. Discarded, it ends where it stands; its results stay, and its posts stay in the ledger."
      footer={
        <>
          <Button onClick={onClose}>Not now</Button>
          {ready.length > 0 && (
            <>
              <Button look="danger" disabled={busy} onClick={() => onDiscard(ready)}>
                Discard{all}
              </Button>
              <Button look="primary" disabled={busy} onClick={() => onResume(ready)}>
                Resume{all}
              </Button>
            </>
          )}
        </>
      }
    >
      <ul className={styles["runs"]} aria-label="Interrupted runs">
        {runs.map((run) => (
          <li key={run.runId} className={styles["run"]}>
            <div className={styles["about"]}>
              <p className={styles["name"]}>{run.graphName}</p>
              <p className={styles["facts"]}>
                {ago(run.startedAt, Date.now())} · {run.done} of {count(run.steps, "step")} done
                {run.serverLabel !== "Sandbox" && ` · ${run.serverLabel}`}
                <Open run={run} />
              </p>
              {run.parked && (
                <p className={styles["parked"]}>
                  Parked: each time it was resumed, Catwalk ended soon after. Resumed, it may do so again.
                </p>
              )}
            </div>
            {(runs.length > 1 || run.parked) && (
              <>
                <Button size="small" disabled={busy} onClick={() => onResume([run])}>
                  Resume
                </Button>
                <Button size="small" look="quiet" disabled={busy} onClick={() => onDiscard([run])}>
                  Discard
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

/** What goes on at the server without anybody looking, and what nobody knows of. */
function Open({ run: { openJobs, doubts } }: { readonly run: RunSummary }) {
  const parts = [
    ...(openJobs.length > 0
      ? [`${count(openJobs.length, "job")} ${openJobs.length === 1 ? "goes" : "go"} on at the server`]
      : []),
    ...(doubts.length > 0 ? [`of ${count(doubts.length, "create")} nobody knows whether it arrived`] : []),
  ];
  if (parts.length === 0) return null;
  return (
    <>
      <br />
      <span className={styles["open"]}>{parts.join("; ")}</span>
    </>
  );
}
