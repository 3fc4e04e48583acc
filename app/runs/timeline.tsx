import { isReused, offers, type StepState } from "../../src/engine/record.ts";
import { rowKeysOf } from "../../src/graph/plan/step-id.ts";
import { useCommands } from "../stores/commands.ts";
import { focusNode } from "../stores/focus-node.ts";
import { useRun } from "../stores/run.ts";
import { useNow } from "../ui/ticker.ts";
import { useWindowedRows } from "../ui/windowed-rows.ts";
import { statusIds } from "../words/step-words.ts";
import { duration, t } from "../words/words.ts";
import styles from "./timeline.module.css";

/** In pixels, as the style sheet has it. */
const ROW_HEIGHT = 26;

/** One bar per step over the time of the run. */
export function Timeline() {
  const run = useRun((state) => state.run);
  if (!run) return <p className={styles["empty"]}>Run the graph to see its steps over time.</p>;
  return run.status === "running" ? <Moving /> : <Bars now={undefined} />;
}

function Moving() {
  return <Bars now={useNow()} />;
}

function Bars({ now }: { readonly now: number | undefined }) {
  const run = useRun((state) => state.run);
  const { ref, from, to } = useWindowedRows(run?.steps.size ?? 0, ROW_HEIGHT);
  if (!run) return null;
  const steps = [...run.steps.values()];
  let last = run.startedAt;
  for (const { startedAt, endedAt } of steps) last = Math.max(last, endedAt ?? startedAt ?? 0);
  const end = Math.max(now ?? last, last, run.startedAt + 1000);
  const span = end - run.startedAt;
  return (
    <div className={styles["timeline"]}>
      <Axis span={span} />
      <div ref={ref} className={styles["rows"]}>
        <ol aria-label="Steps" style={{ paddingTop: from * ROW_HEIGHT, height: steps.length * ROW_HEIGHT }}>
          {steps.slice(from, to).map((step) => (
            <Row key={step.stepId} step={step} from={run.startedAt} span={span} end={end} />
          ))}
        </ol>
      </div>
    </div>
  );
}

function Axis({ span }: { readonly span: number }) {
  const step = niceStep(span / 5);
  const marks = Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step);
  return (
    <div className={styles["axis"]} aria-hidden="true">
      {marks.map((at) => (
        <span key={at} style={{ left: `${(at / span) * 100}%` }}>
          {duration(at)}
        </span>
      ))}
    </div>
  );
}

/** Round steps that people count in. */
function niceStep(atLeastMs: number): number {
  const steps = [
    200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
  ];
  return steps.find((step) => step >= atLeastMs) ?? 3_600_000;
}

type RowProps = {
  readonly step: StepState;
  readonly from: number;
  readonly span: number;
  readonly end: number;
};

function Row({ step, from, span, end }: RowProps) {
  const { startedAt, endedAt, status, title, itemPath } = step;
  const { checkAgain } = useCommands();
  const stop = endedAt ?? end;
  const took = startedAt === undefined ? undefined : stop - startedAt;
  return (
    <li className={styles["row"]}>
      <button type="button" className={styles["name"]} onClick={() => focusNode(step.nodeId)}>
        {[title, ...rowKeysOf(itemPath)].join(" · ")}
      </button>
      <span className={styles["lane"]}>
        {startedAt !== undefined && took !== undefined && (
          <span
            className={styles["bar"]}
            data-status={status.kind}
            style={{
              left: `${((startedAt - from) / span) * 100}%`,
              width: `max(3px, ${(took / span) * 100}%)`,
            }}
          />
        )}
      </span>
      {offers(step, "collect") ? (
        <button type="button" className={styles["collect"]} onClick={() => checkAgain(step.stepId)}>
          Collect result
        </button>
      ) : (
        <span className={styles["took"]}>{statusWord(step, took)}</span>
      )}
    </li>
  );
}

function statusWord(step: StepState, took: number | undefined): string {
  const { kind } = step.status;
  if (isReused(step)) return "cached";
  if (kind === "running" || kind === "succeeded") return took === undefined ? "" : duration(took);
  return t(statusIds[kind]);
}
