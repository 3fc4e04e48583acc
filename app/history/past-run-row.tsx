import { MoreHorizontal } from "lucide-react";
import { amount } from "../../src/base/words.ts";
import type { PastRun } from "../../src/studio/contract.ts";
import { Thumb } from "../media/thumb.tsx";
import { RunDot } from "../runs/run-dot.tsx";
import { resumeRun } from "../runs/start-run.ts";
import { runStore } from "../stores/run.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Menu, type MenuEntry } from "../ui/menu.tsx";
import { doneWords } from "../words/count-words.ts";
import { jobWords, outcomeWords } from "../words/event-words.ts";
import { ago, count, duration, money, told } from "../words/words.ts";
import { copyRunId, openGraphOf, showOnCanvas, useCanShow } from "./open-run.ts";
import styles from "./past-run-row.module.css";
import { RunDetails } from "./run-details.tsx";

type PastRunRowProps = {
  readonly run: PastRun;
  /** The canvas shows it. */
  readonly isShown: boolean;
  /** Its steps are shown here. */
  readonly isOpen: boolean;
  readonly isOfOpenGraph: boolean;
  readonly namesGraph: boolean;
  readonly onOpen: () => void;
  readonly onDelete: () => void;
};

/** So many thumbnails fit into the narrowest drawer. */
const THUMBS = 4;

export function PastRunRow(props: PastRunRowProps) {
  const { run, isShown, isOpen, isOfOpenGraph, namesGraph, onOpen, onDelete } = props;
  const { runId, status, startedAt, settledAt, outputs, spentMicrodollars } = run;
  const facts = [
    doneWords(run),
    ...(run.failed > 0 ? [`${amount(run.failed)} failed`] : []),
    ...(run.needsYou > 0 ? [`${amount(run.needsYou)} ${run.needsYou === 1 ? "needs" : "need"} you`] : []),
    ...(settledAt === undefined ? [] : [duration(settledAt - startedAt)]),
    ...(spentMicrodollars > 0 ? [money(spentMicrodollars)] : []),
  ];
  const shown = outputs.shown.slice(0, THUMBS);
  return (
    <li className={styles["row"]} data-shown={isShown ? "" : undefined}>
      <button
        type="button"
        data-run={runId}
        className={styles["open"]}
        aria-expanded={isOpen}
        aria-current={isShown ? "true" : undefined}
        onClick={onOpen}
      >
        <span className={styles["head"]}>
          <RunDot status={status} />
          {outcomeWords[status]}
          <span className={styles["server"]}>{run.serverLabel}</span>
          <time>{ago(startedAt, Date.now())}</time>
        </span>
        {namesGraph && <span className={styles["graph"]}>{run.graphName}</span>}
        <span className={styles["facts"]}>{facts.join(" · ")}</span>
        {shown.length > 0 && !isOpen && (
          <span className={styles["thumbs"]}>
            {shown.map((media) => (
              <span key={media.sha256}>
                <Thumb media={media} />
              </span>
            ))}
            {outputs.count > shown.length && <em>+{outputs.count - shown.length}</em>}
          </span>
        )}
      </button>
      <span className={styles["menu"]}>
        <RowMenu run={run} isOfOpenGraph={isOfOpenGraph} onDelete={onDelete} />
      </span>
      {status === "interrupted" && <Interrupted run={run} />}
      {isOpen && <RunDetails run={run} isOfOpenGraph={isOfOpenGraph} />}
    </li>
  );
}

function RowMenu(props: Pick<PastRunRowProps, "run" | "isOfOpenGraph" | "onDelete">) {
  const { run, isOfOpenGraph, onDelete } = props;
  const canShow = useCanShow(run);
  const entries: readonly MenuEntry[] = [
    {
      kind: "item",
      label: "Show on the canvas",
      disabled: !canShow,
      ...(canShow
        ? {}
        : { detail: "Its graph is not in the library: it was run from a file, or deleted since." }),
      onSelect: () => (isOfOpenGraph ? runStore.getState().show(run.runId) : void showOnCanvas(run)),
    },
    { kind: "item", label: "Open the graph that made it", onSelect: () => void openGraphOf(run.runId) },
    { kind: "item", label: "Copy run id", onSelect: () => void copyRunId(run.runId) },
    { kind: "separator" },
    {
      kind: "item",
      label: "Delete run…",
      keys: "Delete",
      danger: true,
      disabled: run.status === "running" || run.status === "queued",
      onSelect: onDelete,
    },
  ];
  return (
    <Menu
      entries={entries}
      align="end"
      trigger={
        <IconButton size="small" label="What to do with this run" tabIndex={-1}>
          <MoreHorizontal size={14} />
        </IconButton>
      }
    />
  );
}

function Interrupted({ run }: { readonly run: PastRun }) {
  const { openJobs } = run;
  return (
    <div className={styles["interrupted"]} data-selectable>
      <p>
        {run.stopped
          ? told(run.stopped)
          : run.parked
            ? "Each time this run was resumed, Catwalk ended soon after. It is parked until you resume it here."
            : "Catwalk stopped in the middle of this run. Nothing was started again by itself."}
        {openJobs.length > 0 && ` ${count(openJobs.length, "job")} may go on at the server:`}
      </p>
      <Button size="small" onClick={() => void resumeRun(run.runId)}>
        Resume
      </Button>
      {openJobs.map(({ id, kind }) => (
        <p key={id}>
          {kind === "inference" || kind === "editor" || kind === "publish" ? jobWords[kind] : kind}{" "}
          <code>{id}</code>
        </p>
      ))}
    </div>
  );
}
