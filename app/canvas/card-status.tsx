import type { ReactNode } from "react";
import { useStore } from "zustand";
import { isPostOpen, type StepPhase, type StepState, type StepStatus } from "../../src/engine/record.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import { StepButtons } from "../steps/step-buttons.tsx";
import { runStore } from "../stores/run.ts";
import { useShownStatus } from "../stores/run-history.ts";
import { useNow } from "../ui/ticker.ts";
import { skipWords, strangeStatus } from "../words/event-words.ts";
import { chargeWords } from "../words/shown-cost.ts";
import { duration, say, t, timeLeft } from "../words/words.ts";
import type { StatusProps } from "./card-asks.tsx";
import { Approval, Doubt, OutcomeUnknown, Overdue } from "./card-asks.tsx";
import styles from "./card-result.module.css";
import { FailureCode } from "./failure-code.tsx";

/** One look per status: a new one does not compile until it has its own. */
const looks: {
  readonly [Kind in StepStatus["kind"]]: (props: StatusProps<Kind>) => ReactNode;
} = {
  waiting: Waiting,
  running: Running,
  "waiting-for-approval": Approval,
  "in-doubt": InDoubt,
  overdue: Overdue,
  "outcome-unknown": OutcomeUnknown,
  succeeded: Succeeded,
  failed: Failed,
  skipped: Skipped,
  cancelled: Cancelled,
};

/** The status of a card's step, with what a person can do about it. */
export function CardStatus({ step }: { readonly step: StepState }) {
  const { status } = step;
  // The record pairs each kind with its own look, which the union of statuses cannot say.
  const Show = looks[status.kind] as (props: { step: StepState; status: StepStatus }) => ReactNode;
  return <Show step={step} status={status} />;
}

function useSignal(stepId: StepId) {
  return useStore(runStore, ({ signals }) => signals.get(stepId));
}

function Waiting({ step }: StatusProps<"waiting">) {
  const waitingFor = useSignal(step.stepId)?.waitingFor;
  const before = useStore(runStore, ({ run }) => {
    const open = step.needs.map((id) => run?.steps.get(id)).find((each) => each?.status.kind !== "succeeded");
    return open?.title;
  });
  return (
    <p className={styles["line"]}>
      {waitingFor
        ? t("canvas.waitsFor", { what: waitingFor })
        : before
          ? t("canvas.waitsFor", { what: t("canvas.quoted", { name: before }) })
          : t("canvas.waitsForTurn")}
    </p>
  );
}

/** A card has no room for more; the inspector and the log say it whole. */
const shortPhases = {
  uploading: "canvas.uploading",
  creating: "canvas.creating",
  remote: "canvas.remote",
  rendering: "canvas.rendering",
  fetching: "canvas.fetching",
  saving: "canvas.saving",
} as const satisfies { readonly [Phase in StepPhase]: string };

function Running(props: StatusProps<"running">) {
  return useShownStatus() === "interrupted" ? <LeftOff step={props.step} /> : <UnderWay {...props} />;
}

/** Nobody looks at it, so it shows no progress and counts no seconds. */
function LeftOff({ step }: { readonly step: StepState }) {
  return <p className={styles["line"]}>{t(step.job ? "canvas.interruptedJob" : "canvas.interrupted")}</p>;
}

function UnderWay({ step, status }: StatusProps<"running">) {
  const signal = useSignal(step.stepId);
  const now = useNow();
  const { fraction } = signal ?? {};
  const { trouble, remoteStatus } = status;
  const strange = remoteStatus === undefined ? undefined : strangeStatus(remoteStatus, status.until);
  const again = status.againAt !== undefined && status.againAt > now ? status.againAt : undefined;
  const what = signal?.waitingFor
    ? t("canvas.waitsFor", { what: signal.waitingFor })
    : again
      ? t("canvas.triesAgainAt", { at: again })
      : status.phase === "remote" && remoteStatus && !strange
        ? remoteStatus
        : t(shortPhases[status.phase]);
  const percent = fraction === undefined ? "" : `${Math.round(fraction * 100)} %`;
  // Between the probable end and the time it gets late there is nothing better to say than "soon".
  const left = signal?.eta && timeLeft(now > signal.eta.lateAt ? 0 : Math.max(1, signal.eta.endsAt - now));
  const elapsed = step.startedAt !== undefined && duration(Math.max(0, now - step.startedAt));
  return (
    <div className={styles["running"]}>
      <div
        className={styles["track"]}
        role="progressbar"
        aria-label={t("canvas.progress")}
        {...(fraction === undefined ? {} : { "aria-valuenow": Math.round(fraction * 100) })}
      >
        {(fraction !== undefined || !signal?.waitingFor) && (
          <span
            className={styles["bar"]}
            data-unknown={fraction === undefined ? "" : undefined}
            style={fraction === undefined ? undefined : { transform: `scaleX(${fraction})` }}
          />
        )}
      </div>
      <p className={styles["line"]} aria-live="polite">
        <span className={styles["word"]}>{what}</span>
        <span className={styles["percent"]}>{percent}</span>
        <span className={styles["end"]}>
          {(trouble || !signal?.detail ? undefined : say(signal.detail)) ??
            [elapsed, left].filter(Boolean).join(" · ")}
        </span>
      </p>
      {strange && !trouble && (
        <div className={`${styles["trouble"]} nodrag`} role="status" data-selectable="">
          <p className={styles["text"]}>{strange}.</p>
        </div>
      )}
      {trouble && (
        <div className={`${styles["trouble"]} nodrag`} role="status" data-selectable="">
          <p className={styles["text"]}>{t("canvas.noAnswerAboutJob", { why: trouble.message })}</p>
          <p className={styles["remedy"]}>{say(trouble.remedy)}</p>
        </div>
      )}
    </div>
  );
}

function Succeeded({ step }: StatusProps<"succeeded">) {
  const missing = Object.values(step.previewFailures)[0];
  if (!missing) return null;
  return (
    <div className={`${styles["trouble"]} nodrag`} role="note">
      <p className={styles["text"]}>{t("canvas.previewMissing", { why: missing.message })}</p>
      <StepButtons step={step} />
    </div>
  );
}

function InDoubt({ step, status: { failure } }: StatusProps<"in-doubt">) {
  return <Doubt step={step} failure={failure} />;
}

function Failed({ step, status: { failure } }: StatusProps<"failed">) {
  if (isPostOpen(step)) return <Doubt step={step} failure={failure} />;
  return (
    <div className={`${styles["trouble"]} nodrag`} data-look="danger" role="alert">
      <p className={styles["text"]} data-selectable="">
        {say(failure.message)}
      </p>
      <p className={styles["remedy"]}>
        {say(failure.remedy)} {chargeWords[failure.cost]} <FailureCode failure={failure} />
      </p>
      <StepButtons step={step} />
    </div>
  );
}

function Skipped({ step, status: { reason } }: StatusProps<"skipped">) {
  const steps = useStore(runStore, ({ run }) => run?.steps);
  if (isPostOpen(step)) return <Doubt step={step} />;
  return (
    <p className={styles["line"]}>
      <span className={styles["word"]}>
        {t("canvas.skipped", { why: skipWords(reason, steps ?? new Map()) })}
      </span>
      <StepButtons step={step} className="nodrag" />
    </p>
  );
}

function Cancelled({ step, status: { job } }: StatusProps<"cancelled">) {
  if (job)
    return (
      <section className={`${styles["trouble"]} nodrag`} aria-label={t("canvas.cancelled")}>
        <p className={styles["text"]}>{t("canvas.cancelledJob")}</p>
        <div className={styles["choices"]}>
          <StepButtons step={step} />
        </div>
      </section>
    );
  return (
    <p className={styles["line"]}>
      <span className={styles["word"]}>{t("canvas.cancelled")}</span>
      <StepButtons step={step} className="nodrag" />
    </p>
  );
}
