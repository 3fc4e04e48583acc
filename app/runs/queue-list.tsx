import { GripVertical, Pause, Play, X } from "lucide-react";
import { type DragEvent, type KeyboardEvent, useRef, useState } from "react";
import { amount } from "../../src/base/words.ts";
import type { QueueEntry } from "../../src/studio/contract.ts";
import { documentsStore } from "../stores/documents.ts";
import { graphStore } from "../stores/graph.ts";
import {
  cancelInQueue,
  moveInQueue,
  pauseQueue,
  resumeQueue,
  setQueueLimit,
  useQueue,
} from "../stores/open-work.ts";
import { runStore, useRun } from "../stores/run.ts";
import { refreshHistory } from "../stores/run-history.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Select } from "../ui/select.tsx";
import { useNow } from "../ui/ticker.ts";
import { clockTime, count, duration, list, money } from "../words/words.ts";
import styles from "./queue-list.module.css";

const none: readonly QueueEntry[] = [];
const limits = ["1", "2", "3", "4", "6", "8"] as const;

/** What goes on and what waits its turn, of every graph; order, pause and how many at once. */
export function QueueList() {
  const running = useQueue((queue) => queue?.running ?? none);
  const queued = useQueue((queue) => queue?.queued ?? none);
  const paused = useQueue((queue) => queue?.paused ?? false);
  const limit = useQueue((queue) => queue?.limit ?? 1);
  return (
    <div className={styles["queue"]}>
      <header className={styles["bar"]}>
        <p className={styles["state"]}>
          {paused ? (
            <>
              <b>Paused.</b> Nothing new is sent to any server. Jobs that are out are looked at, and their
              results fetched.
            </>
          ) : (
            [
              ...(running.length > 0 ? [`${running.length} running`] : []),
              ...(queued.length > 0 ? [`${queued.length} waiting`] : []),
            ].join(", ") || "Nothing runs or waits."
          )}
        </p>
        <span className={styles["limit"]}>
          At once
          <Select
            label="Runs at once"
            size="small"
            value={String(limit)}
            options={limits.map((value) => ({ value, label: value }))}
            onChange={(value) => void setQueueLimit(Number(value))}
          />
        </span>
        <Button
          size="small"
          look={paused ? "primary" : "plain"}
          onClick={() => void (paused ? resumeQueue() : pauseQueue())}
        >
          {paused ? <Play size={12} fill="currentColor" /> : <Pause size={12} fill="currentColor" />}
          {paused ? "Go on" : "Pause"}
        </Button>
      </header>
      {running.length + queued.length === 0 ? (
        <p className={styles["empty"]}>
          Start a run while another goes on, and it waits here for its turn. Drag the waiting ones into order.
        </p>
      ) : (
        <div className={styles["rows"]}>
          {running.length > 0 && (
            <ul aria-label="Running">
              {running.map((entry) => (
                <li key={entry.runId} className={styles["row"]} data-status="running">
                  <Going entry={entry} />
                </li>
              ))}
            </ul>
          )}
          <Waiting queued={queued} paused={paused} />
        </div>
      )}
    </div>
  );
}

function Going({ entry }: { readonly entry: QueueEntry }) {
  const { done, failed, steps, spentMicrodollars, startedAt } = entry;
  const now = useNow();
  return (
    <>
      <span className={styles["dot"]} />
      <Name entry={entry} />
      <span className={styles["progress"]}>
        <span
          className={styles["track"]}
          role="progressbar"
          aria-label={`Progress of ${entry.graphName}`}
          aria-valuemin={0}
          aria-valuemax={steps}
          aria-valuenow={done + failed}
        >
          <span style={{ transform: `scaleX(${steps === 0 ? 0 : (done + failed) / steps})` }} />
        </span>
        {amount(done)} of {amount(steps)}
        {failed > 0 && <span className={styles["failed"]}>{amount(failed)} failed</span>}
      </span>
      <span className={styles["time"]}>{duration(Math.max(0, now - startedAt))}</span>
      <span className={styles["cost"]}>{spentMicrodollars > 0 ? money(spentMicrodollars) : ""}</span>
      <Button size="small" look="quiet" onClick={() => void cancelInQueue(entry)}>
        Cancel
      </Button>
    </>
  );
}

function Waiting({ queued, paused }: { readonly queued: readonly QueueEntry[]; readonly paused: boolean }) {
  const [dragged, setDragged] = useState<string>();
  const [over, setOver] = useState<number>();
  const rows = useRef<HTMLOListElement>(null);
  if (queued.length === 0) return null;

  const onKeyDown = (event: KeyboardEvent, { runId }: QueueEntry, place: number) => {
    const step = event.altKey && { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    void moveInQueue(runId, place + step);
    // The row moved, and the keys stay with it.
    requestAnimationFrame(() =>
      rows.current?.querySelector<HTMLElement>(`[data-run-id="${runId}"]`)?.focus(),
    );
  };
  const end = () => {
    setDragged(undefined);
    setOver(undefined);
  };
  const drag = (runId: string, place: number) => ({
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", runId);
      setDragged(runId);
    },
    onDragOver: (event: DragEvent) => {
      if (dragged === undefined) return;
      event.preventDefault();
      setOver(place);
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      if (dragged !== undefined) void moveInQueue(dragged, place);
      end();
    },
    onDragEnd: end,
  });

  return (
    <ol ref={rows} aria-label="Waiting">
      {queued.map((entry, place) => (
        <li
          key={entry.runId}
          className={styles["row"]}
          data-status="queued"
          data-run-id={entry.runId}
          data-dragged={dragged === entry.runId ? "" : undefined}
          data-over={over === place && dragged !== entry.runId ? "" : undefined}
          aria-label={`${entry.graphName}, number ${place + 1}. Alt and an arrow key moves it.`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by its keys
          tabIndex={0}
          onKeyDown={(event) => onKeyDown(event, entry, place)}
          {...drag(entry.runId, place)}
        >
          <GripVertical size={13} className={styles["grip"]} />
          <Name entry={entry} />
          <span className={styles["progress"]}>
            {count(entry.steps, "step")} ·{" "}
            {place === 0 ? (paused ? "next, once it goes on" : "next") : `number ${place + 1}`}
          </span>
          <span className={styles["time"]}>since {clockTime(entry.startedAt)}</span>
          <IconButton
            size="small"
            label={`Take “${entry.graphName}” out of the queue`}
            side="left"
            onClick={() => void cancelInQueue(entry)}
          >
            <X size={13} />
          </IconButton>
        </li>
      ))}
    </ol>
  );
}

/** Graph and selection; a press shows the run, on its own graph. */
function Name({ entry }: { readonly entry: QueueEntry }) {
  const isShown = useRun((state) => state.run?.runId === entry.runId);
  return (
    <span className={styles["name"]}>
      <button
        type="button"
        className={styles["open"]}
        aria-pressed={isShown}
        onClick={() => void show(entry)}
      >
        {entry.graphName}
      </button>
      <span className={styles["part"]}>
        {selectionInWords(entry.selection)}
        {entry.serverLabel !== "Sandbox" && ` · ${entry.serverLabel}`}
      </span>
    </span>
  );
}

async function show({ runId, graphId, status }: QueueEntry): Promise<void> {
  if (graphStore.getState().graph?.id !== graphId) {
    await documentsStore.getState().open(graphId);
    if (graphStore.getState().graph?.id !== graphId) return;
    await refreshHistory(graphId);
  }
  // Of one that waits there is nothing to show but its graph.
  if (status !== "queued") runStore.getState().show(runId);
}

/** "everything", "only “Poster”", "up to “Poster” and “Clip”", "from “Poster” and 3 more on". */
function selectionInWords({ kind, titles }: QueueEntry["selection"]): string {
  if (kind === "all") return "everything";
  const shown = titles.slice(0, 2).map((title) => `“${title}”`);
  const more = titles.length - shown.length;
  const names =
    titles.length === 0 ? "the selection" : list([...shown, ...(more > 0 ? [`${more} more`] : [])]);
  return { only: `only ${names}`, to: `up to ${names}`, from: `from ${names} on` }[kind];
}
