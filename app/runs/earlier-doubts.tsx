import { CircleHelp } from "lucide-react";
import { earlierDoubtWords } from "../../src/base/words.ts";
import type { Preflight } from "../../src/studio/contract.ts";
import { runStore, useRun } from "../stores/run.ts";
import { Button } from "../ui/button.tsx";
import { Mark } from "../ui/mark.tsx";
import { count } from "../words/words.ts";
import styles from "./earlier-doubts.module.css";

/** In a dialog before a run: what earlier runs of the graph left in doubt, and the way there. */
export function EarlierDoubts(props: { readonly preflight: Preflight; readonly onShow: () => void }) {
  return props.preflight.earlierDoubts?.map(({ runId, steps, titles }) => (
    <div key={runId} className={styles["doubt"]} role="note">
      <p>{earlierDoubtWords(steps, titles)}</p>
      <Button
        size="small"
        onClick={() => {
          runStore.getState().show(runId);
          props.onShow();
        }}
      >
        Show that run
      </Button>
    </div>
  ));
}

/** The same beside Run, as short as can be; not said of the run on show, whose cards say it. */
export function EarlierDoubtsMark({ preflight }: { readonly preflight: Preflight }) {
  const shown = useRun(({ run }) => run?.runId);
  const first = preflight.earlierDoubts?.find(({ runId }) => runId !== shown);
  if (!first) return null;
  return (
    <Mark
      icon={<CircleHelp size={13} />}
      action="Show that run"
      tooltip={earlierDoubtWords(first.steps, first.titles)}
      onClick={() => runStore.getState().show(first.runId)}
    >
      {count(first.steps, "step")} in doubt
    </Mark>
  );
}
