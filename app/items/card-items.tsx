import { useMemo } from "react";
import { useStore } from "zustand";
import type { StepId } from "../../src/graph/plan/plan.ts";
import { parseStepId, rowKeysOf } from "../../src/graph/plan/step-id.ts";
import { isMedia } from "../../src/nodes/definition/work.ts";
import { useNodeView } from "../stores/graph-view.ts";
import { posterUrl } from "../stores/media-urls.ts";
import { runStore } from "../stores/run.ts";
import { isVariation, itemOf, type NodeSteps } from "../stores/run-steps.ts";
import { shellStore } from "../stores/shell.ts";
import { useNow } from "../ui/ticker.ts";
import { timeLeft } from "../words/words.ts";
import styles from "./card-items.module.css";
import { itemsLeftMs } from "./items-left.ts";
import { countWords } from "./status-words.ts";

/** How many items a card shows a picture of. */
const SHOWN = 4;

/**
 * The steps of a node that has many: how many stand where, and while no item is picked the pictures of the first ones, in
 * the order of the table. Each has its place from Run on, so none moves when another comes.
 */
export function CardItems({ group, isPicked }: { readonly group: NodeSteps; readonly isPicked: boolean }) {
  const { counts, stepIds } = group;
  const items = useMemo(() => itemsAmong(stepIds), [stepIds]);
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
        <span data-status="done" style={share(counts.done)} />
        <span data-status="failed" style={share(counts.failed)} />
        <span data-status="needs-you" style={share(counts["needs-you"])} />
        <span data-status="running" style={share(counts.running)} />
        <span style={share(counts.waiting + counts["left-out"])} />
      </div>
      <button
        type="button"
        className={`${styles["words"]} nodrag`}
        title="Show the items"
        onClick={() => shellStore.setState({ runPanel: "items" })}
      >
        <span className={styles["counts"]}>{countWords(counts, total, items.count)}</span>
        {counts.running > 0 && <TimeLeft group={group} />}
      </button>
      {!isPicked && <Pictures nodeId={group.nodeId} items={items} />}
    </div>
  );
}

function Pictures({ nodeId, items }: { readonly nodeId: string; readonly items: ItemsOfNode }) {
  const type = useNodeView(nodeId)?.outputs[0]?.type;
  if (type === undefined || type === "text") return null;
  const more = items.count - SHOWN;
  return (
    <div className={`${styles["pictures"]} nodrag`}>
      {items.first.map((stepId) => (
        <ItemPicture key={stepId} stepId={stepId} />
      ))}
      {more > 0 && (
        <button
          type="button"
          className={styles["more"]}
          title="Show the items"
          aria-label={`Show the ${more.toLocaleString("en")} other items`}
          onClick={() => shellStore.setState({ runPanel: "items" })}
        >
          +{more.toLocaleString("en")}
        </button>
      )}
    </div>
  );
}

type ItemsOfNode = { readonly first: readonly StepId[]; readonly count: number };

/** Variations of an item stand behind its first, and are no items of their own. */
function itemsAmong(stepIds: readonly StepId[]): ItemsOfNode {
  const items = stepIds.filter((stepId) => !isVariation(parseStepId(stepId).itemPath));
  return { first: items.slice(0, SHOWN), count: items.length };
}

function TimeLeft({ group }: { readonly group: NodeSteps }) {
  const now = useNow();
  // Looked at once a second, not whenever a signal comes: a batch sends hundreds of them.
  const { run, signals } = runStore.getState();
  const leftMs = run && itemsLeftMs(group, run.steps, signals, now);
  return leftMs === undefined ? null : <span>{timeLeft(leftMs)}</span>;
}

function ItemPicture({ stepId }: { readonly stepId: StepId }) {
  const step = useStore(runStore, ({ run }) => run?.steps.get(stepId));
  const media = step?.outputs.map(({ value }) => value).find(isMedia);
  const label = step ? rowKeysOf(step.itemPath).join(" · ") : "";
  return (
    <button
      type="button"
      className={styles["picture"]}
      title={label}
      aria-label={`Show ${label}`}
      disabled={!step}
      onClick={() => step && runStore.getState().pick(itemOf(step.itemPath))}
    >
      {media?.kind === "audio" ? (
        <span>{label}</span>
      ) : (
        media?.sha256 !== undefined && (
          <img src={posterUrl(media.sha256)} alt="" loading="lazy" draggable={false} />
        )
      )}
    </button>
  );
}
