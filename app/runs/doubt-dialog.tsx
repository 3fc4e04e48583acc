import { useState } from "react";
import { useCommands } from "../commands.ts";
import { useRun } from "../stores/run.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Switch } from "../ui/switch.tsx";
import styles from "./doubt-dialog.module.css";
import { runControlStore, useRunControl } from "./run-control.ts";

const close = () => runControlStore.setState({ doubt: undefined });

/** A create of which nobody can say whether it arrived: only a person may send it again. */
export function DoubtDialog() {
  const stepId = useRunControl((state) => state.doubt);
  const step = useRun((state) => (stepId === undefined ? undefined : state.run?.steps.get(stepId)));
  const failure = step?.status.kind === "in-doubt" ? step.status.failure : undefined;
  return (
    <Dialog
      open={failure !== undefined}
      onClose={close}
      modalOnly
      title={`“${step?.title ?? ""}” may have been sent`}
      description={failure && `${failure.message} ${failure.remedy}`}
    >
      {step && <Choices key={step.stepId} isPost={step.type === "publish"} stepId={step.stepId} />}
    </Dialog>
  );
}

type ChoicesProps = {
  readonly isPost: boolean;
  readonly stepId: Parameters<ReturnType<typeof useCommands>["settleDoubt"]>[0];
};

function Choices({ isPost, stepId }: ChoicesProps) {
  const { settleDoubt } = useCommands();
  const [checked, setChecked] = useState(false);
  return (
    <>
      <p>
        {isPost
          ? "If it did arrive, the post is out. Sending it again would post it twice."
          : "If it did arrive, it was charged and is being made. Sending it again would be charged a second time."}
      </p>
      <div className={styles["check"]}>
        <Switch label="I looked at the server and it is not there" checked={checked} onChange={setChecked} />
        <span>I looked at the server, and it is not there</span>
      </div>
      <div className={styles["buttons"]}>
        <Button onClick={() => settleDoubt(stepId, "skip")}>Leave it</Button>
        <Button look="danger" disabled={!checked} onClick={() => settleDoubt(stepId, "resend")}>
          Send again
        </Button>
      </div>
    </>
  );
}
