import { Copy, Download, ExternalLink } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import {
  type Failure,
  isPost,
  isPostOpen,
  type StepState,
  type StepStatus,
  stepFacts,
  type Take,
} from "../../src/engine/record.ts";
import { mediaFileName } from "../../src/graph/document/files.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import type { StepValue } from "../../src/nodes/definition/work.ts";
import { workKindOf } from "../../src/nodes/definitions.ts";
import { AudioPlayer } from "../media/audio-player.tsx";
import { DEFAULT_RATIO } from "../media/media-preview.tsx";
import { usualRatio } from "../media/ratio.ts";
import { useExpectedMedia } from "../media/use-expected-media.ts";
import { StepButtons } from "../steps/step-buttons.tsx";
import { downloadUrl, mediaUrl, posterUrl } from "../stores/media-urls.ts";
import { useRun, useShownSteps } from "../stores/run.ts";
import { itemKey } from "../takes/take-choice.ts";
import { TakesSection } from "../takes/takes-section.tsx";
import { useTakes } from "../takes/takes-store.ts";
import { IconButton } from "../ui/button.tsx";
import styles from "../ui/panel.module.css";
import { useNow } from "../ui/ticker.ts";
import { toast } from "../ui/toasts.tsx";
import { riskWords, targetWords } from "../words/doubt-words.ts";
import { jobWords, logLine, phaseWords, skipWords } from "../words/event-words.ts";
import { postAddress } from "../words/post-address.ts";
import { chargeWords, shownCost } from "../words/shown-cost.ts";
import { clockTime, duration, say, t, told } from "../words/words.ts";

/** The status of the steps on the card and, where one needs a person, what there is to do. */
export function StepStatuses({ nodeId }: { readonly nodeId: string }) {
  return useShownSteps(nodeId)
    .filter(({ status }) => status.kind !== "waiting" && status.kind !== "succeeded")
    .map((step) => (
      <section key={step.stepId} className={styles["section"]} aria-label={t("inspector.state")}>
        <StatusView step={step} />
      </section>
    ));
}

/** What the run on show made of this node: picture, job, time, cost, events. */
export function NodeResults({ node }: { readonly node: GraphNode }) {
  const steps = useShownSteps(node.id);
  const [first] = steps;
  return (
    <>
      {first && (
        <TakesSection
          node={node}
          title={node.data.title ?? first.title}
          steps={steps}
          item={itemKey(first.itemPath)}
        />
      )}
      {steps.map((step) => (
        <StepResult key={step.stepId} node={node} step={step} />
      ))}
    </>
  );
}

/** A take that was chosen since is what flows on, so it is what stands here, as on the card. */
function useChosenTake(node: GraphNode, step: StepState): Take | undefined {
  const takes = useTakes(node.id);
  if (step.itemPath.includes("#")) return undefined; // a further variation stands for itself
  const chosen = node.data.takes?.[itemKey(step.itemPath)];
  return chosen === step.takeId ? undefined : takes.find(({ takeId }) => takeId === chosen);
}

/** The step as it would be had the run taken this. */
function withTake({ job: _other, spentMicrodollars: _spent, ...step }: StepState, take: Take): StepState {
  const { outputs, job, estimateMicrodollars, startedAt, madeAt } = take;
  return {
    ...{ ...step, outputs, startedAt, endedAt: madeAt, status: { kind: "succeeded", cached: false } },
    ...(job ? { job } : {}),
    ...(estimateMicrodollars === undefined ? {} : { estimateMicrodollars }),
  };
}

function StepResult({ node, step: ran }: { readonly node: GraphNode; readonly step: StepState }) {
  const take = useChosenTake(node, ran);
  const step = take ? withTake(ran, take) : ran;
  return (
    <section className={styles["section"]} aria-label={t("inspector.result")}>
      {step.outputs.map((output, index) => (
        <Output
          // biome-ignore lint/suspicious/noArrayIndexKey: an output's place in its step is its name; it never moves
          key={`${output.portId}:${index}`}
          nodeId={node.id}
          value={output.value}
          name={`${node.data.title ?? step.title}`}
        />
      ))}
      {isComing(step) && <Room nodeId={node.id} />}
      <Facts step={step} />
      {!take && <Events step={step} />}
    </section>
  );
}

/** Nothing of it can be shown yet, and something will. */
function isComing({ status, outputs }: StepState): boolean {
  const isShown = outputs.some(({ value }) => value.type === "text" || value.sha256 !== undefined);
  return !isShown && (status.kind === "running" || status.kind === "succeeded");
}

/** The room of a picture or video that is made, with that of its link, so that nothing below them moves. */
function Room({ nodeId }: { readonly nodeId: string }) {
  const expected = useExpectedMedia(nodeId);
  if (expected?.kind !== "image" && expected?.kind !== "video") return null;
  return (
    <div aria-hidden>
      <div className={styles["media"]} style={{ aspectRatio: expected.ratio ?? DEFAULT_RATIO }} />
      <span className={styles["download"]} data-coming="">
        <Download size={12} />
        {t("inspector.download")}
      </span>
    </div>
  );
}

type OutputProps = { readonly nodeId: string; readonly value: StepValue; readonly name: string };

function Output({ nodeId, value, name }: OutputProps) {
  const expected = useExpectedMedia(nodeId);
  if (value.type === "text")
    return (
      <p className={styles["text"]} data-selectable>
        {value.text}
      </p>
    );
  const { sha256, kind } = value;
  if (sha256 === undefined) return null;
  // As the room before it: the picture itself is a moment later than its place.
  const aspectRatio =
    value.width && value.height ? usualRatio(value.width / value.height) : (expected?.ratio ?? DEFAULT_RATIO);
  return (
    <div>
      {kind === "image" && (
        <img className={styles["media"]} src={mediaUrl(sha256)} alt={name} style={{ aspectRatio }} />
      )}
      {kind === "video" && (
        // biome-ignore lint/a11y/useMediaCaption: generated media has no captions to show
        <video
          className={styles["media"]}
          style={{ aspectRatio }}
          src={mediaUrl(sha256)}
          poster={posterUrl(sha256)}
          controls
          loop
          preload="metadata"
        />
      )}
      {kind === "audio" && (
        <AudioPlayer key={sha256} sha256={sha256} durationMs={value.durationMs} title={name} />
      )}
      <a
        className={styles["download"]}
        href={downloadUrl(sha256, mediaFileName(name, value.mimeType ?? ""))}
        download
      >
        <Download size={12} />
        {t("inspector.download")}
      </a>
    </div>
  );
}

function StatusView({ step }: { readonly step: StepState }) {
  const { status } = step;
  if (status.kind === "running") return <Running step={step} text={phaseWords[status.phase]} />;
  return (
    <div className={styles[statusLooks[status.kind] ?? "waiting"]}>
      <StatusText step={step} />
      <div className={styles["buttons"]}>
        <StepButtons step={step} />
      </div>
    </div>
  );
}

/** The others wait for a person. */
const statusLooks: { readonly [Kind in StepStatus["kind"]]?: string } = {
  failed: "failed",
  skipped: "left",
  cancelled: "left",
};

function StatusText({ step }: { readonly step: StepState }): ReactNode {
  const steps = useRun((state) => state.run?.steps);
  const { status } = step;
  switch (status.kind) {
    case "waiting":
    case "running":
    case "succeeded":
      return null;
    case "waiting-for-approval":
      return <p>{t("inspector.waitsForApproval")}</p>;
    case "in-doubt":
      return <MayBeOut step={step} failure={status.failure} />;
    case "overdue":
    case "outcome-unknown":
      return (
        <p>
          {status.kind === "overdue"
            ? status.failure
              ? t("inspector.jobNotSentAgain", { failure: told(status.failure) })
              : t("inspector.notFinished")
            : status.failure
              ? t("inspector.postUnknownBecause", {
                  failure: told(status.failure),
                  target: targetWords(step),
                })
              : t("inspector.postUnknown", { target: targetWords(step) })}
        </p>
      );
    case "failed":
      if (isPostOpen(step)) return <MayBeOut step={step} failure={status.failure} />;
      return (
        <>
          <p>{told(status.failure)}</p>
          <p className={styles["description"]}>
            {chargeWords[status.failure.cost]} <span className={styles["mono"]}>{status.failure.code}</span>
          </p>
        </>
      );
    case "skipped":
      if (isPostOpen(step)) return <MayBeOut step={step} />;
      return (
        <p className={styles["description"]}>
          {t("inspector.skipped", { why: skipWords(status.reason, steps ?? new Map()) })}
        </p>
      );
    case "cancelled":
      return (
        <p className={styles["description"]}>
          {status.job ? t("inspector.cancelledJob") : t("inspector.cancelled")}
        </p>
      );
    default:
      return status satisfies never;
  }
}

function MayBeOut({ step, failure }: { readonly step: StepState; readonly failure?: Failure }) {
  return (
    <p>
      {t("inspector.mayHaveBeenSent", { risk: riskWords(step) })} {failure && say(failure.message)}
    </p>
  );
}

function Running({ step, text }: { readonly step: StepState; readonly text: string }) {
  const signal = useRun((state) => state.signals.get(step.stepId));
  const percent = signal?.fraction === undefined ? "" : `, ${Math.round(signal.fraction * 100)} %`;
  return (
    <p className={styles["description"]}>
      {signal?.waitingFor ? t("inspector.waitsFor", { what: signal.waitingFor }) : `${text}${percent}`}
      {signal?.detail ? ` · ${say(signal.detail)}` : ""}
    </p>
  );
}

function Facts({ step }: { readonly step: StepState }) {
  const { job, startedAt, tookMs, attempt, permalink } = stepFacts(step);
  const cost = shownCost(step);
  // Their rows are there before they are known, so that none comes between.
  const awaitsJob = step.status.kind === "running" && (isPost(step) || workKindOf(step.type) === "generate");
  const address = permalink === undefined ? undefined : postAddress(permalink);
  return (
    <dl className={styles["facts"]}>
      {startedAt !== undefined && (
        <>
          <dt>{t("inspector.time")}</dt>
          <dd>{tookMs === undefined ? <Counting from={startedAt} /> : duration(tookMs)}</dd>
        </>
      )}
      {(cost !== undefined || awaitsJob) && (
        <>
          <dt>{t("inspector.cost")}</dt>
          <dd>{cost ?? "–"}</dd>
        </>
      )}
      {attempt > 1 && (
        <>
          <dt>{t("inspector.attempt")}</dt>
          <dd>{attempt}</dd>
        </>
      )}
      {job ? (
        <>
          <dt>{t("inspector.job")}</dt>
          <dd
            className={styles["job"]}
            title={t("inspector.jobOfKind", { kind: jobWords[job.kind], id: job.id })}
          >
            <code data-selectable>{job.id}</code>
            <IconButton
              size="small"
              label={t("inspector.copyJobId")}
              onClick={() => void copy(job.id, t("inspector.jobIdCopied"))}
            >
              <Copy size={12} />
            </IconButton>
          </dd>
        </>
      ) : (
        awaitsJob && (
          <>
            <dt>{t("inspector.job")}</dt>
            <dd className={styles["job"]}>–</dd>
          </>
        )
      )}
      {permalink && (
        <>
          <dt>{t("inspector.post")}</dt>
          <dd>
            {address ? (
              <a href={address} target="_blank" rel="noreferrer">
                {t("inspector.open")} <ExternalLink size={11} style={{ display: "inline" }} />
              </a>
            ) : (
              t("inspector.inSandbox")
            )}
          </dd>
        </>
      )}
    </dl>
  );
}

function Counting({ from }: { readonly from: number }) {
  return duration(Math.max(0, useNow() - from));
}

function Events({ step }: { readonly step: StepState }) {
  const log = useRun((state) => state.log);
  const steps = useRun((state) => state.run?.steps);
  const lines = useMemo(
    () =>
      log
        .filter((event) => "stepId" in event && event.stepId === step.stepId)
        .map((event) => logLine(event, steps ?? new Map())),
    [log, steps, step.stepId],
  );
  if (lines.length === 0) return null;
  return (
    <details className={styles["events"]} open>
      <summary className={styles["description"]}>{t("inspector.events")}</summary>
      <ol className={styles["log"]}>
        {lines.map((line) => (
          <li key={line.seq} data-tone={line.tone} data-selectable>
            <time>{clockTime(line.at)}</time>
            <span>{line.text}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast({ title: done });
  } catch {
    toast({ title: t("inspector.noClipboard"), description: text, look: "danger" });
  }
}
