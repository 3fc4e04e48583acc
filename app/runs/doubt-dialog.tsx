import { useState } from "react";
import { allDoubts, isPost, isPostOpen, type StepState } from "../../src/engine/record.ts";
import { useCommands } from "../stores/commands.ts";
import { useRun } from "../stores/run.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Switch } from "../ui/switch.tsx";
import { choiceWords, riskWords, targetWords } from "../words/doubt-words.ts";
import { told } from "../words/words.ts";
import styles from "./doubt-dialog.module.css";
import { EvidenceView } from "./evidence-view.tsx";
import { runControlStore, useRunControl } from "./run-control.ts";

const close = () => runControlStore.setState({ doubt: undefined });

/** A create of which nobody can say whether it arrived, or a post whose end nobody heard: only a person settles it. */
export function DoubtDialog() {
  const stepId = useRunControl((state) => state.doubt);
  const runId = useRun((state) => state.run?.runId);
  const step = useRun((state) => (stepId === undefined ? undefined : state.run?.steps.get(stepId)));
  const words = step && wordsOf(step);
  return (
    <Dialog
      open={words !== undefined}
      onClose={close}
      modalOnly
      title={`“${step?.title ?? ""}” may have been sent`}
      description={words}
    >
      {runId !== undefined && step && words && (
        <>
          <EvidenceView runId={runId} stepId={step.stepId} />
          {isPost(step) ? (
            <PostChoices runId={runId} step={step} />
          ) : (
            <Choices key={step.stepId} step={step} />
          )}
        </>
      )}
    </Dialog>
  );
}

function wordsOf(step: StepState): string | undefined {
  const { status } = step;
  if (status.kind === "in-doubt" || (status.kind === "failed" && isPostOpen(step)))
    return `${riskWords(step)} ${told(status.failure)}`;
  if (!isPostOpen(step)) return undefined;
  if (status.kind === "skipped") return `${riskWords(step)} It was left so. Look at the account itself.`;
  return `The server took the post to ${targetWords(step)} and has not said how it ended. Look at the account itself.`;
}

/** A post is never sent again from here: what a person says of it decides whether it is asked for once more. */
function PostChoices({ runId, step }: { readonly runId: string; readonly step: StepState }) {
  const { settlePost } = useCommands();
  const { stepId, attempt } = step;
  return (
    <>
      <p className={styles["meaning"]}>
        Until you say what became of it, the same media is not posted to this account again. If it did not go
        out, you are asked before it is sent.
      </p>
      <div className={styles["buttons"]}>
        <Button look="quiet" onClick={close}>
          Decide later
        </Button>
        <Button onClick={() => settlePost({ runId, stepId, attempt }, "not-sent")}>It did not go out</Button>
        <Button look="primary" onClick={() => settlePost({ runId, stepId, attempt }, "sent")}>
          It went out
        </Button>
      </div>
    </>
  );
}

function Choices({ step }: { readonly step: StepState }) {
  const { settleDoubt, openDoubts } = useCommands();
  const others = useRun(({ run }) => (run ? allDoubts(run).length - 1 : 0));
  const [checked, setChecked] = useState(false);
  return (
    <>
      <dl className={styles["meaning"]}>
        {choiceWords(step).map(([choice, does]) => (
          <div key={choice}>
            <dt>{choice}:</dt> <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div className={styles["check"]}>
        <Switch label="I looked at the server and it is not there" checked={checked} onChange={setChecked} />
        <span>I looked at the server, and it is not there</span>
      </div>
      <div className={styles["buttons"]}>
        {others > 0 && (
          <Button look="quiet" onClick={openDoubts}>
            Settle all {others + 1} together
          </Button>
        )}
        <Button onClick={() => settleDoubt(step, "skip")}>Leave out</Button>
        <Button look="danger" disabled={!checked} onClick={() => settleDoubt(step, "resend")}>
          Make again
        </Button>
      </div>
    </>
  );
}
