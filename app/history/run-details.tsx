import { useEffect, useState } from "react";
import type { NodeRecord, PastRun, RunRecord } from "../../src/studio/contract.ts";
import { openLightbox } from "../media/lightbox-store.ts";
import { Thumb } from "../media/thumb.tsx";
import { useCommands } from "../stores/commands.ts";
import { focusNode } from "../stores/focus-node.ts";
import { type Called, called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { statusIds } from "../words/step-words.ts";
import { duration, money, number, say, t } from "../words/words.ts";
import { openGraphOf, showOnCanvas, useCanShow } from "./open-run.ts";
import styles from "./run-details.module.css";

/** The steps of a run, by node: how they ended, what they cost and took, and what they made. */
export function RunDetails(props: { readonly run: PastRun; readonly isOfOpenGraph: boolean }) {
  const { run, isOfOpenGraph } = props;
  const record = useRecord(run);
  const canShow = useCanShow(run);
  return (
    <div className={styles["details"]}>
      <div className={styles["buttons"]}>
        <Button size="small" onClick={() => void openGraphOf(run.runId)}>
          {t("history.openGraph")}
        </Button>
        {!isOfOpenGraph && canShow && (
          <Button size="small" onClick={() => void showOnCanvas(run)}>
            {t("history.show")}
          </Button>
        )}
      </div>
      {record?.ok === false && (
        <p role="alert" className={styles["failure"]}>
          {wordsOf(record.failure).message} {wordsOf(record.failure).remedy}
        </p>
      )}
      {record?.ok && (
        <ol aria-label={t("history.steps")}>
          {record.value.nodes.map((node) => (
            <NodeLine key={node.nodeId} run={run} node={node} isOfOpenGraph={isOfOpenGraph} />
          ))}
        </ol>
      )}
    </div>
  );
}

/** Asked for again whenever the run has moved on. */
function useRecord({ runId, status, done, failed }: PastRun): Called<RunRecord> | undefined {
  const [record, setRecord] = useState<Called<RunRecord>>();
  const moved = `${status} ${done} ${failed}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is asked for again because of `moved`
  useEffect(() => {
    let wanted = true;
    void called(studio.client.history.run({ runId })).then((answer) => {
      if (wanted) setRecord(answer);
    });
    return () => {
      wanted = false;
    };
  }, [runId, moved]);
  return record;
}

function NodeLine(props: {
  readonly run: PastRun;
  readonly node: NodeRecord;
  readonly isOfOpenGraph: boolean;
}) {
  const { run, node, isOfOpenGraph } = props;
  const { title, spentMicrodollars, tookMs, outputs, text, failure, permalink, collectable } = node;
  const { collect } = useCommands();
  // A run whose process is gone in the middle, or that waits for its turn, takes no commands.
  const takesCommands = run.status !== "interrupted" && run.status !== "queued";
  const facts = [
    ...(spentMicrodollars > 0 ? [money(spentMicrodollars)] : []),
    ...(tookMs === undefined || tookMs < 100 ? [] : [duration(tookMs)]),
  ];
  const head = (
    <>
      <span className={styles["title"]} translate="no">
        {title}
      </span>
      <span className={styles["facts"]}>{facts.join(" · ")}</span>
    </>
  );
  return (
    <li className={styles["node"]}>
      {isOfOpenGraph ? (
        <button type="button" className={styles["head"]} onClick={() => focusNode(node.nodeId)}>
          {head}
        </button>
      ) : (
        <span className={styles["head"]}>{head}</span>
      )}
      {statusOf(node) !== t(statusIds.succeeded) && (
        <span className={classNames(styles["status"], failure && styles["bad"])}>{statusOf(node)}</span>
      )}
      {collectable && takesCommands && (
        <Button size="small" className={styles["collect"] ?? ""} onClick={() => collect(run, collectable)}>
          {collectable.length === 1
            ? t("history.collect")
            : t("history.collectMany", { results: collectable.length })}
        </Button>
      )}
      {failure && (
        <p className={styles["failure"]} data-selectable>
          {say(failure.message)}
        </p>
      )}
      {text !== undefined && (
        <p className={styles["text"]} translate="no" data-selectable>
          {text}
        </p>
      )}
      {outputs.count > 0 && (
        <ul className={styles["thumbs"]} aria-label={t("history.resultsOf", { title })}>
          {outputs.shown.map((media, index) => (
            <li key={media.sha256}>
              <button
                type="button"
                aria-label={t("history.resultOf", { title, kind: media.kind, number: index + 1 })}
                onClick={() => openLightbox(media, title)}
              >
                <Thumb media={media} />
              </button>
            </li>
          ))}
          {outputs.count > outputs.shown.length && <li>+{outputs.count - outputs.shown.length}</li>}
        </ul>
      )}
      {permalink !== undefined && (
        <a href={permalink} target="_blank" rel="noreferrer">
          {t("history.openPost")}
        </a>
      )}
    </li>
  );
}

/** "Done", "done from an earlier result", "9,998 of 10,000 done, 2 failed". */
function statusOf({ steps, statuses, cached }: NodeRecord): string {
  const kinds = Object.keys(statusIds).filter(isStatus);
  const present = kinds.filter((kind) => (statuses[kind] ?? 0) > 0);
  const [only] = present;
  if (steps === 1 && only)
    return t(only === "succeeded" && cached === 1 ? "history.cached" : statusIds[only]);
  const parts = present.map((kind) =>
    kind === "succeeded"
      ? t("history.stepsDone", { done: statuses.succeeded ?? 0, steps })
      : `${number(statuses[kind] ?? 0)} ${t(statusIds[kind])}`,
  );
  return [...parts, ...(cached > 0 ? [t("history.stepsCached", { steps: cached })] : [])].join(", ");
}

function isStatus(kind: string): kind is keyof typeof statusIds {
  return kind in statusIds;
}
