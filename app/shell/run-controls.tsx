import { ChevronDown, Play, Square } from "lucide-react";
import { useCommands } from "../commands.ts";
import { stepsThrough } from "../runs/event-words.ts";
import { useRunControl } from "../runs/run-control.ts";
import { useConnection } from "../stores/connection.ts";
import { useGraph } from "../stores/graph.ts";
import { useRun } from "../stores/run.ts";
import { useUnderWay } from "../stores/run-history.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Menu, type MenuEntry } from "../ui/menu.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import { count, money } from "../words.ts";
import { useActions } from "./actions-context.ts";
import styles from "./run-controls.module.css";
import { toggleRunPanel } from "./shell-store.ts";

/** Run with its variants and what it would cost, or Cancel with how far it is. */
export function RunControls() {
  const running = useUnderWay();
  return <div className={styles["controls"]}>{running ? <Running /> : <Ready />}</div>;
}

const variants = ["run", "run-selection", "run-to", "run-from"];

function Ready() {
  const { run } = useCommands();
  const actions = useActions();
  const up = useConnection((state) => state.up);
  const starting = useRunControl((state) => state.starting);
  const isEmpty = useGraph((state) => (state.graph?.nodes.length ?? 0) === 0);
  const hasSelection = useGraph((state) => state.selectedNodeIds.size > 0);
  const disabled = !up || starting || isEmpty;
  const entries = actions
    .filter(({ id }) => variants.includes(id))
    .map(
      ({ id, label, keys, run: onSelect }): MenuEntry => ({
        kind: "item",
        label,
        onSelect,
        disabled: id !== "run" && !hasSelection,
        ...(keys ? { keys } : {}),
      }),
    );
  return (
    <>
      <div className={styles["split"]}>
        <Tooltip text="Run the whole graph" keys="Mod+Enter">
          <Button
            look="primary"
            disabled={disabled}
            className={styles["run"] ?? ""}
            onClick={() => run({ kind: "all" })}
          >
            <Play size={13} fill="currentColor" />
            {starting ? "Checking…" : "Run"}
          </Button>
        </Tooltip>
        <Menu
          align="end"
          entries={entries}
          trigger={
            <IconButton
              label="More ways to run"
              look="primary"
              disabled={disabled}
              className={styles["more"] ?? ""}
            >
              <ChevronDown size={14} />
            </IconButton>
          }
        />
      </div>
      <Outlook />
    </>
  );
}

/** "about $0.12 · 3 jobs", or how many problems stand in the way. */
function Outlook() {
  const outlook = useRunControl((state) => state.outlook);
  const errors = useGraph((state) => state.problems.filter(({ severity }) => severity === "error").length);
  if (errors > 0)
    return (
      <button type="button" className={styles["problems"]} onClick={() => toggleRunPanel("problems")}>
        {count(errors, "problem")}
      </button>
    );
  if (!outlook || outlook.steps === 0) return null;
  const { uploads, generate, edits, publishes } = outlook.jobs;
  const jobs = generate + edits + publishes;
  const cost =
    outlook.unpricedSteps > 0 && outlook.estimateMicrodollars === 0
      ? "price unknown"
      : money(outlook.estimateMicrodollars);
  const parts = [
    ...(uploads > 0 ? [count(uploads, "upload")] : []),
    ...(generate > 0 ? [`${generate} to generate`] : []),
    ...(edits > 0 ? [count(edits, "edit")] : []),
    ...(publishes > 0 ? [count(publishes, "post")] : []),
  ];
  const why = `${parts.join(", ") || "Nothing is sent"}. ${
    outlook.isSandbox
      ? "The sandbox charges nothing; the price is what the real server asks."
      : "You are asked before anything is sent."
  }`;
  return (
    <Tooltip text={why}>
      <span className={styles["outlook"]}>
        {jobs > 0 &&
          `${cost}${outlook.unpricedSteps > 0 && outlook.estimateMicrodollars > 0 ? " or more" : ""} · `}
        {jobs > 0 ? count(jobs, "job") : count(outlook.steps, "step")}
      </span>
    </Tooltip>
  );
}

function Running() {
  const { cancel } = useCommands();
  const cancelling = useRun((state) => state.run?.cancelRequested ?? false);
  const total = useRun((state) => state.run?.steps.size ?? 0);
  const ended = useRun((state) => (state.run ? stepsThrough(state.run) : 0));
  return (
    <>
      <Tooltip text="Stops new work. Jobs the server already has go on there." keys="Mod+.">
        <Button disabled={cancelling} onClick={cancel} className={styles["run"] ?? ""}>
          <Square size={11} fill="currentColor" />
          {cancelling ? "Cancelling…" : "Cancel"}
        </Button>
      </Tooltip>
      <span className={styles["running"]}>
        <span
          className={styles["track"]}
          role="progressbar"
          aria-label="Progress of the run"
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={ended}
        >
          <span
            className={styles["fill"]}
            style={{ transform: `scaleX(${total === 0 ? 0 : ended / total})` }}
          />
        </span>
        {ended} of {total}
      </span>
    </>
  );
}
