import { AudioLines, Columns2, FileText, Lock, Plus, Trash2 } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import type { StepState, Take } from "../../src/engine/record.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { Picture } from "../media/media-preview.tsx";
import { useCommands } from "../stores/commands.ts";
import { useUnderWay } from "../stores/run-history.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import sections from "../ui/panel.module.css";
import { Switch } from "../ui/switch.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import { ago, clockTime, duration, money } from "../words/words.ts";
import { openCompare } from "./compare-dialog.tsx";
import { currentTakeId, mediaOfTake, takesOfItem, textOfTake } from "./take-choice.ts";
import { chooseTake, lockTake, removeTake, setReuse } from "./take-edits.ts";
import styles from "./takes-section.module.css";
import { useTakes } from "./takes-store.ts";

export type TakesSectionProps = {
  readonly node: GraphNode;
  readonly title: string;
  readonly steps: readonly StepState[];
  /** As `data.takes` names it; "" for a node without items. */
  readonly item: string;
};

/** The results this node has had: choose which flows on, hold it, compare, throw away. */
export function TakesSection({ node, title, steps, item }: TakesSectionProps) {
  const takes = takesOfItem(useTakes(node.id), item);
  const [removing, setRemoving] = useState<Take>();
  const { makeTakes } = useCommands();
  const busy = useUnderWay();
  // The step is done a moment before its take is listed: its room stays until then.
  const [awaited, setAwaited] = useState(false);
  const isMaking = steps.some(({ status }) => status.kind === "running");
  if (isMaking && !awaited) setAwaited(true);
  if (!isMaking && awaited && takes.length > 0) setAwaited(false);
  const isComing = isMaking || (awaited && steps.some(({ status }) => status.kind === "succeeded"));
  if (takes.length === 0 && !isComing) return null;
  const currentId = currentTakeId(node, steps, item);
  const at = takes.findIndex(({ takeId }) => takeId === currentId);
  const current = takes[at];
  const locked = node.data.reuse === "locked" && current !== undefined;
  const step = (by: number) => {
    const next = takes[(Math.max(at, 0) + by + takes.length) % takes.length];
    if (next) chooseTake(node.id, item, next.takeId);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (by !== undefined) step(by);
    else if (event.key === "Delete" && current) setRemoving(current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section className={sections["section"]} aria-label="Takes">
      <header className={styles["head"]}>
        <h3>Takes</h3>
        <span className={styles["count"]}>{takes.length}</span>
        <span className={styles["space"]} />
        <Button size="small" look="quiet" disabled={busy} onClick={() => makeTakes(node.id, 1)}>
          <Plus size={12} />
          New take
        </Button>
        {takes.length > 1 && (
          <Button
            size="small"
            look="quiet"
            onClick={() => openCompare({ nodeId: node.id, title, item, left: current ?? takes[0], takes })}
          >
            <Columns2 size={12} />
            Compare
          </Button>
        )}
      </header>
      <div
        className={styles["grid"]}
        role="radiogroup"
        aria-label="Which take flows on"
        onKeyDown={onKeyDown}
      >
        {/* The first has its room before it is there. */}
        {takes.length === 0 && <span className={styles["tile"]} aria-hidden />}
        {takes.map((take, index) => (
          <Tile
            key={take.takeId}
            take={take}
            label={`Take ${index + 1}`}
            number={index + 1}
            checked={take.takeId === currentId}
            locked={locked && take.takeId === currentId}
            // One stop for Tab; arrows move inside.
            reachable={take.takeId === currentId || (at === -1 && index === 0)}
            onChoose={() => chooseTake(node.id, item, take.takeId)}
          />
        ))}
      </div>
      {(current || isComing) && (
        <>
          <p className={styles["facts"]}>
            {current ? (
              <>
                Take {at + 1} ·{" "}
                <Tooltip text={clockTime(current.madeAt)}>
                  {<span>{ago(current.madeAt, Date.now())}</span>}
                </Tooltip>
                {` · ${duration(current.madeAt - current.startedAt)}`}
                {current.estimateMicrodollars !== undefined && ` · ${money(current.estimateMicrodollars)}`}
              </>
            ) : (
              "Being made"
            )}
            <IconButton
              size="small"
              label={current ? `Delete take ${at + 1}` : "Delete take"}
              keys="Delete"
              disabled={!current}
              onClick={() => setRemoving(current)}
            >
              <Trash2 size={12} />
            </IconButton>
          </p>
          <div className={styles["lock"]}>
            <Switch
              label="Keep this take"
              checked={locked}
              disabled={!current}
              onChange={(keep) =>
                keep && current ? lockTake(node.id, item, current.takeId) : setReuse(node.id, undefined)
              }
            />
            <span>
              Keep this take
              <small>It flows on whatever changes before it, and is not paid for again.</small>
            </span>
          </div>
        </>
      )}
      <RemoveDialog
        take={removing}
        number={takes.findIndex(({ takeId }) => takeId === removing?.takeId) + 1}
        onClose={() => setRemoving(undefined)}
        onRemove={(take) => {
          setRemoving(undefined);
          void removeTake(node.id, item, take.takeId);
        }}
      />
    </section>
  );
}

type TileProps = {
  readonly take: Take;
  readonly label: string;
  readonly number: number;
  readonly checked: boolean;
  readonly locked: boolean;
  readonly reachable: boolean;
  readonly onChoose: () => void;
};

function Tile({ take, label, number, checked, locked, reachable, onChoose }: TileProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a radio input cannot hold a picture
    <button
      type="button"
      role="radio"
      aria-checked={checked}
      aria-label={label}
      tabIndex={reachable ? 0 : -1}
      className={styles["tile"]}
      onClick={onChoose}
    >
      <TakeThumbnail take={take} title={label} />
      <span className={styles["number"]}>
        {number}
        {locked && <Lock size={10} />}
      </span>
    </button>
  );
}

/** A take as a small picture, or what stands for one. */
function TakeThumbnail({ take, title }: { readonly take: Take; readonly title: string }) {
  const media = mediaOfTake(take);
  if (media && media.kind !== "audio")
    return <Picture key={media.sha256} sha256={media.sha256} title={title} />;
  if (media) return <AudioLines size={18} />;
  const text = textOfTake(take);
  return text === undefined ? <FileText size={18} /> : <span className={styles["text"]}>{text}</span>;
}

type RemoveDialogProps = {
  readonly take: Take | undefined;
  readonly number: number;
  readonly onClose: () => void;
  readonly onRemove: (take: Take) => void;
};

function RemoveDialog({ take, number, onClose, onRemove }: RemoveDialogProps) {
  const cost = take?.estimateMicrodollars;
  return (
    <Dialog
      open={take !== undefined}
      onClose={onClose}
      title={`Delete take ${number}?`}
      description={
        take?.paid
          ? `It cost ${cost === undefined ? "money" : money(cost)}, and making one like it costs that again. This cannot be undone.`
          : "It can be made again free of charge. This cannot be undone."
      }
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" onClick={() => take && onRemove(take)}>
            Delete take
          </Button>
        </>
      }
    />
  );
}
