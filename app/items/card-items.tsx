import { useStore } from "zustand";
import type { StepId } from "../../src/graph/plan.ts";
import { rowKeysOf } from "../../src/graph/step-id.ts";
import { isMedia } from "../../src/nodes/definition/work.ts";
import { posterUrl } from "../stores/media-urls.ts";
import { runStore } from "../stores/run.ts";
import { itemOf, type NodeSteps } from "../stores/run-steps.ts";
import { shellStore } from "../stores/shell.ts";
import { useNow } from "../ui/ticker.ts";
import { timeLeft } from "../words/amounts.ts";
import styles from "./card-items.module.css";
import { itemsLeftMs } from "./items-left.ts";
import { countWords } from "./standing-words.ts";

/** The steps of a node that has many: how many stand where, and the latest pictures while no item is picked. */
export function CardItems({ group, isPicked }: { readonly group: NodeSteps; readonly isPicked: boolean }) {
  const { counts, stepIds, latest } = group;
  const total = stepIds.length;
  const ended = counts.done + counts.failed + counts["left-out"];
  const share = (n: number) => ({ flexGrow: n });
  return (
    <div className={styles["items"]} data-picked={isPicked ? "" : undefined}>
      <div
        className={styles["track"]}
        role="progressbar"
        aria-label="Items"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={ended}
      >
        <span data-standing="done" style={share(counts.done)} />
        <span data-standing="failed" style={share(counts.failed)} />
        <span data-standing="needs-you" style={share(counts["needs-you"])} />
        <span data-standing="running" style={share(counts.running)} />
        <span style={share(counts.waiting + counts["left-out"])} />
      </div>
      <button
        type="button"
        className={`${styles["words"]} nodrag`}
        title="Show the items"
        onClick={() => shellStore.setState({ runPanel: "items" })}
      >
        <span className={styles["counts"]}>{countWords(counts, total)}</span>
        {counts.running > 0 && <TimeLeft group={group} />}
      </button>
      {!isPicked && latest.length > 0 && (
        <div className={`${styles["latest"]} nodrag`}>
          {latest.map((stepId) => (
            <Latest key={stepId} stepId={stepId} />
          ))}
        </div>
      )}
    </div>
  );
}

function TimeLeft({ group }: { readonly group: NodeSteps }) {
  const now = useNow();
  // Looked at once a second, not whenever a signal comes: a batch sends hundreds of them.
  const { run, signals } = runStore.getState();
  const leftMs = run && itemsLeftMs(group, run.steps, signals, now);
  return leftMs === undefined ? null : <span>{timeLeft(leftMs)}</span>;
}

function Latest({ stepId }: { readonly stepId: StepId }) {
  const step = useStore(runStore, ({ run }) => run?.steps.get(stepId));
  const media = step?.outputs.map(({ value }) => value).find(isMedia);
  if (!step || media?.sha256 === undefined) return null;
  const label = rowKeysOf(step.itemPath).join(" · ");
  return (
    <button
      type="button"
      className={styles["thumbnail"]}
      title={label}
      aria-label={`Show ${label}`}
      onClick={() => runStore.getState().pick(itemOf(step.itemPath))}
    >
      {media.kind === "audio" ? (
        <span>{label}</span>
      ) : (
        <img src={posterUrl(media.sha256)} alt="" loading="lazy" draggable={false} />
      )}
    </button>
  );
}
