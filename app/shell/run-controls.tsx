import { ChevronDown, CircleHelp, Hand, Pause, Play, Square } from "lucide-react";
import type { FocusEvent } from "react";
import { jobsOutWords } from "../../src/base/words.ts";
import { allDoubts, runCounts } from "../../src/engine/record.ts";
import { waitingPosts } from "../runs/approval-choice.ts";
import { EarlierDoubtsMark } from "../runs/earlier-doubts.tsx";
import { reviewDoubts } from "../runs/open-doubts.ts";
import { useRunControl } from "../runs/run-control.ts";
import { actVerb, previewVerb, verbEntry } from "../runs/verb-entries.ts";
import { type VerbId, verbIds, verbs } from "../runs/verbs.ts";
import { reviewPosts } from "../runs/waiting-posts.ts";
import { useCommands } from "../stores/commands.ts";
import { useGraph } from "../stores/graph.ts";
import { resumeQueue, useQueue, wouldWait } from "../stores/open-work.ts";
import { countErrors } from "../stores/problem-counts.ts";
import { useRun } from "../stores/run.ts";
import { useUnderWay } from "../stores/run-history.ts";
import { useServer } from "../stores/server.ts";
import { shellStore, toggleRunPanel } from "../stores/shell.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Mark } from "../ui/mark.tsx";
import { Menu } from "../ui/menu.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import { stepsThrough } from "../words/event-words.ts";
import { money, t } from "../words/words.ts";
import styles from "./run-controls.module.css";

/** Run with its variants, and what it would cost or how far it is; more runs may be asked for meanwhile. */
export function RunControls() {
  const running = useUnderWay();
  return (
    <div className={styles["controls"]}>
      <RunButton />
      <div className={styles["state"]}>{running ? <Running /> : <Forecast />}</div>
      <Paused />
      <Waiting />
      <InDoubt />
    </div>
  );
}

function RunButton() {
  const commands = useCommands();
  const up = useServer((state) => state.up);
  const starting = useRunControl((state) => state.starting);
  const isEmpty = useGraph((state) => (state.graph?.nodes.length ?? 0) === 0);
  const underWay = useUnderWay();
  const waits = useQueue(wouldWait);
  const disabled = !up || starting || isEmpty;
  const word = waits ? t("shell.queueRun") : underWay ? t("shell.runAnother") : t("shell.run");
  return (
    <div className={styles["split"]}>
      <Tooltip text={waits ? t("shell.wholeLater") : t("shell.runWhole")} keys={verbs.run.keys}>
        <Button
          look={underWay ? "plain" : "primary"}
          disabled={disabled}
          className={styles["run"] ?? ""}
          {...pointing("run")}
          onClick={({ detail }) => {
            previewVerb("run", false);
            // The second press of a double click is no second run.
            if (detail < 2) actVerb("run", commands);
          }}
        >
          <Play size={13} fill="currentColor" />
          {starting ? t("shell.checking") : word}
        </Button>
      </Tooltip>
      <Menu
        align="end"
        entries={() => verbIds.map((verb) => verbEntry(verb, commands))}
        trigger={
          <IconButton
            label={t("shell.moreWays")}
            look={underWay ? "plain" : "primary"}
            disabled={disabled}
            className={styles["more"] ?? ""}
          >
            <ChevronDown size={14} />
          </IconButton>
        }
      />
    </div>
  );
}

/** Shows on the canvas what a press would touch; a press of the mouse alone gives the button no focus to show. */
function pointing(verb: VerbId) {
  return {
    onPointerEnter: () => previewVerb(verb, true),
    onPointerLeave: () => previewVerb(verb, false),
    onFocus: ({ currentTarget }: FocusEvent<HTMLElement>) =>
      currentTarget.matches(":focus-visible") && previewVerb(verb, true),
    onBlur: () => previewVerb(verb, false),
  };
}

/** Posts that wait are said here and open on a press: a dialog of its own accord would take the keys from who types. */
function Waiting() {
  const waiting = useRun(({ run }) => waitingPosts(run).length);
  if (waiting === 0) return null;
  return (
    <Mark
      icon={<Hand size={13} />}
      action={t("shell.look")}
      tooltip={t("shell.untilApproved")}
      keys="Alt+P"
      onClick={reviewPosts}
    >
      {t("shell.postsWait", { posts: waiting })}
    </Mark>
  );
}

/** However many creates were lost at once, they are said once, with the way to settle them together. */
function InDoubt() {
  const doubts = useRun(({ run }) => (run ? allDoubts(run).length : 0));
  if (doubts === 0) return null;
  return (
    <Mark
      icon={<CircleHelp size={13} />}
      action={t("shell.settle")}
      tooltip={t("shell.doubtTip")}
      keys="Alt+O"
      onClick={reviewDoubts}
    >
      {t("shell.stepsInDoubt", { steps: doubts })}
    </Mark>
  );
}

/** A paused queue is never a riddle: it says so wherever a person looks for a run. */
function Paused() {
  const paused = useQueue((queue) => queue?.paused ?? false);
  const waiting = useQueue((queue) => queue?.queued.length ?? 0);
  if (!paused) return null;
  return (
    <span className={styles["paused"]}>
      <button
        type="button"
        className={styles["pausedWord"]}
        onClick={() => shellStore.setState({ runPanel: "queue" })}
      >
        <Pause size={12} fill="currentColor" />
        {t("shell.queuePaused", { waiting })}
      </button>
      <Button size="small" onClick={() => void resumeQueue()}>
        {t("shell.goOn")}
      </Button>
    </span>
  );
}

/** "about $0.12 · 3 jobs · 1 post", or how many problems stand in the way. */
function Forecast() {
  const { dryRun } = useCommands();
  const forecast = useRunControl((state) => state.forecast);
  const errors = useGraph(({ problems }) => countErrors(problems));
  if (errors > 0)
    return (
      <button type="button" className={styles["problems"]} onClick={() => toggleRunPanel("problems")}>
        {t("shell.problemCount", { problems: errors })}
      </button>
    );
  if (!forecast || forecast.steps === 0) return null;
  const { uploads, generate, edits, publishes } = forecast.jobs;
  const { reusedSteps: reused } = forecast;
  const jobs = generate + edits;
  const sent = [
    ...(jobs > 0 ? [t("shell.jobCount", { jobs })] : []),
    ...(publishes > 0 ? [t("shell.postCount", { posts: publishes })] : []),
  ];
  const cost =
    forecast.unpricedSteps > 0 && forecast.estimateMicrodollars === 0
      ? t("shell.priceUnknown")
      : money(forecast.estimateMicrodollars);
  const parts = [
    ...(uploads > 0 ? [t("shell.uploadCount", { uploads })] : []),
    ...(generate > 0 ? [t("shell.toGenerate", { jobs: generate })] : []),
    ...(edits > 0 ? [t("shell.editCount", { edits })] : []),
    ...(publishes > 0 ? [t("shell.postCount", { posts: publishes })] : []),
  ];
  const { p50Ms, p90Ms } = forecast.time;
  const why = [
    t("shell.isSent", { parts: parts.length > 0 ? parts.join(", ") : t("shell.nothingSent") }),
    ...(forecast.jobsOut === undefined ? [] : [jobsOutWords(forecast.jobsOut)]),
    ...(p90Ms > 0 ? [t("shell.runsTake", { half: p50Ms, most: p90Ms })] : []),
    forecast.isSandbox ? t("shell.playMoneyPrices") : t("shell.askedBefore"),
  ].join(" ");
  return (
    <>
      <Tooltip text={why}>
        <button type="button" className={styles["forecast"]} onClick={() => dryRun({ kind: "all" })}>
          {sent.length > 0 &&
            `${forecast.unpricedSteps > 0 && forecast.estimateMicrodollars > 0 ? t("shell.orMore", { cost }) : cost} · `}
          {sent.length > 0 ? sent.join(" · ") : t("shell.stepCount", { steps: forecast.steps })}
          {reused > 0 && ` · ${t("shell.reused", { reused })}`}
          {p90Ms > 0 && ` · ${t("shell.aboutTime", { time: p50Ms })}`}
        </button>
      </Tooltip>
      <EarlierDoubtsMark preflight={forecast} />
    </>
  );
}

function Running() {
  const { cancel } = useCommands();
  const cancelling = useRun((state) => state.run?.cancelRequested ?? false);
  const total = useRun((state) => state.run?.steps.size ?? 0);
  const ended = useRun((state) => (state.run ? stepsThrough(state.run) : 0));
  // As everywhere else: what failed or was left out is through, and not done.
  const done = useRun((state) => (state.run ? runCounts(state.run).done : 0));
  return (
    <>
      <Tooltip text={t("shell.cancelTip")} keys="Mod+.">
        <Button disabled={cancelling} onClick={cancel} className={styles["cancel"] ?? ""}>
          <Square size={11} fill="currentColor" />
          {cancelling ? t("shell.cancelling") : t("shell.cancel")}
        </Button>
      </Tooltip>
      <span className={styles["running"]}>
        <span
          className={styles["track"]}
          role="progressbar"
          aria-label={t("shell.progress")}
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={ended}
        >
          <span
            className={styles["fill"]}
            style={{ transform: `scaleX(${total === 0 ? 0 : ended / total})` }}
          />
        </span>
        {t("shell.doneOf", { done, total })}
      </span>
    </>
  );
}
