import { MoreHorizontal } from "lucide-react";
import type { PastRun } from "../../src/studio/contract.ts";
import { Thumb } from "../media/thumb.tsx";
import { RunDot } from "../runs/run-dot.tsx";
import { resumeRun } from "../runs/start-run.ts";
import { runStore } from "../stores/run.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Menu, type MenuEntry } from "../ui/menu.tsx";
import { doneWords } from "../words/count-words.ts";
import { jobWords, outcomeIds } from "../words/event-words.ts";
import { ago, duration, money, t, told } from "../words/words.ts";
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
    ...(run.failed > 0 ? [t("steps.countFailed", { steps: run.failed })] : []),
    ...(run.needsYou > 0 ? [t("steps.countNeedYou", { steps: run.needsYou })] : []),
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
          {t(outcomeIds[status])}
          <span className={styles["server"]} translate="no">
            {run.serverLabel}
          </span>
          <time>{ago(startedAt, Date.now())}</time>
        </span>
        {namesGraph && (
          <span className={styles["graph"]} translate="no">
            {run.graphName}
          </span>
        )}
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
      label: t("history.show"),
      disabled: !canShow,
      ...(canShow ? {} : { detail: t("history.cannotShow") }),
      onSelect: () => (isOfOpenGraph ? runStore.getState().show(run.runId) : void showOnCanvas(run)),
    },
    { kind: "item", label: t("history.openGraph"), onSelect: () => void openGraphOf(run.runId) },
    { kind: "item", label: t("history.copyId"), onSelect: () => void copyRunId(run.runId) },
    { kind: "separator" },
    {
      kind: "item",
      label: t("history.deleteThis"),
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
        <IconButton size="small" label={t("history.whatToDo")} tabIndex={-1}>
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
        {run.stopped ? told(run.stopped) : run.parked ? t("history.parked") : t("history.stopped")}
        {openJobs.length > 0 && ` ${t("history.jobsGoOn", { jobs: openJobs.length })}`}
      </p>
      <Button size="small" onClick={() => void resumeRun(run.runId)}>
        {t("history.resume")}
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
