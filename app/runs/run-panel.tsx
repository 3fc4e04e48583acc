import { ChevronDown, ChevronUp, Pause } from "lucide-react";
import type { ComponentType } from "react";
import { allDoubts, isPost, type RunState, runCounts } from "../../src/engine/record.ts";
import { ItemPicker } from "../items/item-picker.tsx";
import { ItemTable } from "../items/item-table.tsx";
import { useCommands } from "../stores/commands.ts";
import { useGraph } from "../stores/graph.ts";
import { useQueue } from "../stores/open-work.ts";
import { countErrors } from "../stores/problem-counts.ts";
import { useRun } from "../stores/run.ts";
import { useHistory, useShownStatus } from "../stores/run-history.ts";
import { type RunTab, runTabs, shellStore, toggleRunPanel, useShell } from "../stores/shell.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { runCountWords } from "../words/count-words.ts";
import { outcomeIds } from "../words/event-words.ts";
import { ago, count, t } from "../words/words.ts";
import { waitingPosts } from "./approval-choice.ts";
import { EventLog } from "./event-log.tsx";
import { ProblemList } from "./problem-list.tsx";
import { QueueList } from "./queue-list.tsx";
import { RunDot } from "./run-dot.tsx";
import styles from "./run-panel.module.css";
import { Timeline } from "./timeline.tsx";

const titles: { readonly [Tab in RunTab]: string } = {
  timeline: "Timeline",
  log: "Log",
  problems: "Problems",
  items: "Items",
  queue: "Queue",
};

const contents: { readonly [Tab in RunTab]: ComponentType } = {
  timeline: Timeline,
  log: EventLog,
  problems: ProblemList,
  items: ItemTable,
  queue: QueueList,
};

const tabId = (tab: RunTab) => `run-tab-${tab}`;

export function RunPanel({ tab }: { readonly tab: RunTab }) {
  const Content = contents[tab];
  return (
    <div className={styles["panel"]} id="run-panel" role="tabpanel" aria-labelledby={tabId(tab)}>
      <Content />
    </div>
  );
}

/** One line at the bottom: what the run on show is at, what needs a person, and the tabs that open the panel. */
export function RunStrip() {
  const open = useShell((state) => state.runPanel);
  const problems = useGraph((state) => state.problems.length);
  const errors = useGraph(({ problems }) => countErrors(problems));
  return (
    <footer className={styles["strip"]}>
      <div className={styles["tabs"]} role="tablist" aria-label="Run panel">
        {runTabs.map((tab) => (
          <button
            key={tab}
            id={tabId(tab)}
            type="button"
            role="tab"
            aria-selected={open === tab}
            aria-controls={open === tab ? "run-panel" : undefined}
            className={styles["tab"]}
            onClick={() =>
              open === tab ? shellStore.setState({ runPanel: undefined }) : toggleRunPanel(tab)
            }
          >
            {titles[tab]}
            {tab === "problems" && (
              <span
                className={styles["badge"]}
                data-empty={problems === 0 ? "" : undefined}
                data-look={errors === 0 ? "plain" : undefined}
              >
                {errors || problems}
              </span>
            )}
            {tab === "queue" && <QueueBadge />}
          </button>
        ))}
      </div>
      <RunStatus />
      <ItemPicker />
      <IconButton
        size="small"
        label={open ? "Close run panel" : "Open run panel"}
        keys="Mod+J"
        side="top"
        aria-expanded={open !== undefined}
        onClick={() => toggleRunPanel()}
      >
        {open ? <ChevronDown size={14} /> : <ChevronUp size={14} />}
      </IconButton>
    </footer>
  );
}

/** How many runs go on or wait, and whether they are held. */
function QueueBadge() {
  const paused = useQueue((queue) => queue?.paused ?? false);
  const runs = useQueue((queue) => (queue ? queue.running.length + queue.queued.length : 0));
  return (
    <span className={styles["badge"]} data-look="plain" data-empty={runs === 0 && !paused ? "" : undefined}>
      {paused && <Pause size={9} fill="currentColor" aria-label="Paused" />}
      {runs > 0 && runs}
    </span>
  );
}

function RunStatus() {
  const run = useRun((state) => state.run);
  const status = useShownStatus();
  const commands = useCommands();
  const last = useHistory(({ runs }) => runs.find(({ status }) => status !== "queued"));
  if (!run && last)
    // Its process went before it had begun anything.
    return (
      <span className={styles["status"]}>
        <RunDot status={last.status} />
        {t(outcomeIds[last.status])}, {ago(last.startedAt, Date.now())}
      </span>
    );
  if (!run || !status) return <span className={styles["status"]}>No run of this graph yet</span>;
  const counts = runCounts(run);
  const waiting = counts.needsYou > 0 ? waitingPosts(run) : [];
  const [firstPost] = waiting;
  const posts = mayPost(run);
  const doubts = counts.needsYou > 0 ? allDoubts(run).length : 0;
  const words = runCountWords(counts, { interrupted: status === "interrupted" });
  return (
    <span className={styles["status"]}>
      <RunDot status={status} />
      <span role="status" className={styles["outcome"]}>
        {t(outcomeIds[status])}
      </span>
      <span className={styles["counts"]}>
        {`${words} · ${run.serverLabel}, ${ago(run.startedAt, Date.now())}`}
      </span>
      {/* Where a post may ask, its room is kept from the start: no button comes under a hand that means another. */}
      {doubts > 0 && (
        <Button size="small" onClick={commands.openDoubts}>
          {doubts === 1 ? "Settle doubt" : `Settle ${count(doubts, "doubt")}`}
        </Button>
      )}
      {posts && (
        <span className={styles["review"]}>
          {firstPost && (
            <Button size="small" onClick={() => commands.openApproval(firstPost.stepId)}>
              {waiting.length === 1 ? "Review post" : `Review ${count(waiting.length, "post")}`}
            </Button>
          )}
        </span>
      )}
    </span>
  );
}

function mayPost({ steps }: RunState): boolean {
  for (const { type } of steps.values()) if (isPost({ type })) return true;
  return false;
}
