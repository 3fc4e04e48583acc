import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { Failure, StepPhase, UnsettledPost } from "../../src/engine/events.ts";
import type { StepState, StepStatus } from "../../src/engine/run-state.ts";
import type { StepId } from "../../src/graph/plan.ts";
import type { GraphNode } from "../../src/graph/schema.ts";
import { useCommands } from "../commands.ts";
import { focusNode } from "../focus-node.ts";
import { MediaPreview, type StoredMedia } from "../media/media-preview.tsx";
import { TextPreview } from "../media/text-preview.tsx";
import { accountWords } from "../posts/post-words.ts";
import { choiceWords, riskWords, targetWords } from "../runs/doubt-words.ts";
import { skipWords } from "../runs/event-words.ts";
import { useOutdatedPost } from "../runs/outdated-posts.ts";
import { ParamList } from "../runs/param-list.tsx";
import { useParamWords } from "../runs/param-words.ts";
import { platformName } from "../runs/platform-name.ts";
import { postAddress } from "../runs/post-address.ts";
import { chargeWords, shownCost } from "../runs/shown-cost.ts";
import { runStore, useShownSteps } from "../stores/run.ts";
import { itemKey, mediaOfTake, textOfTake } from "../takes/take-choice.ts";
import { TakesStepper } from "../takes/takes-stepper.tsx";
import { useTakes } from "../takes/takes-store.ts";
import { Button } from "../ui/button.tsx";
import { ago, clockTime, duration, money, timeLeft } from "../words.ts";
import { postedMedia, shownMedia, shownText } from "./card-media.ts";
import styles from "./card-result.module.css";
import { useNow } from "./ticker.ts";

export type CardResultProps = {
  readonly node: GraphNode;
  readonly title: string;
  readonly step: StepState | undefined;
};

/** What the run on show made of the node: its preview, its state with what to do, and what it took. */
export function CardResult({ node, title, step }: CardResultProps) {
  const item = itemKey(step?.itemPath ?? []);
  const chosen = node.data.takes?.[item];
  // A take that was chosen since is what the next run lets flow on, so it is what the card shows.
  const isChosen = chosen !== undefined && chosen !== step?.takeId;
  if (!step && !isChosen) return null;
  return (
    <>
      {isChosen ? (
        <ChosenTake nodeId={node.id} takeId={chosen} title={title} />
      ) : (
        step && <Preview node={node} title={title} step={step} />
      )}
      {step && <Standing step={step} />}
      <Footer node={node} step={step} isChosen={isChosen} item={item} />
    </>
  );
}

function ChosenTake({
  nodeId,
  takeId,
  title,
}: {
  readonly nodeId: string;
  readonly takeId: string;
  readonly title: string;
}) {
  const take = useTakes(nodeId).find((each) => each.takeId === takeId);
  return <Shown media={take && mediaOfTake(take)} text={take && textOfTake(take)} title={title} />;
}

function Preview({ node, title, step }: CardResultProps & { readonly step: StepState }) {
  // An Upload shows its file in its field, and a text that a person wrote needs no second showing.
  if (node.type === "upload" || node.type === "prompt") return null;
  if (node.type === "publish") return <Posted node={node} step={step} title={title} />;
  const media = shownMedia(node, step);
  const text = shownText(step);
  if (media || text !== undefined) return <Shown media={media} text={text} title={title} />;
  const ratio = step.status.kind === "running" ? expectedRatio(node) : undefined;
  return ratio ? <div className={styles["expected"]} style={{ aspectRatio: ratio }} /> : null;
}

function Posted({ node, step, title }: CardResultProps & { readonly step: StepState }) {
  const media = useStore(runStore, ({ run }) => postedMedia(node, step, run));
  return <Shown media={media} text={undefined} title={title} />;
}

type ShownProps = {
  readonly media: StoredMedia | undefined;
  readonly text: string | undefined;
  readonly title: string;
};

function Shown({ media, text, title }: ShownProps) {
  if (media)
    return (
      <div className={`${styles["preview"]} nodrag`}>
        <MediaPreview media={media} title={title} />
      </div>
    );
  if (text !== undefined)
    return (
      <div className={`${styles["preview"]} nodrag`}>
        <TextPreview text={text} title={title} />
      </div>
    );
  return null;
}

/** The room a picture or clip will take, where its params say so. */
function expectedRatio({ type, data }: GraphNode): string | undefined {
  if (type !== "generate") return undefined;
  const { family, modelParams } = data.params;
  if (family !== "image" && family !== "video") return undefined;
  const given = modelParams && typeof modelParams === "object" && "aspectRatio" in modelParams;
  const match = given ? /^(\d+):(\d+)$/.exec(String(modelParams.aspectRatio)) : null;
  return match ? `${match[1]} / ${match[2]}` : "16 / 9";
}

type StandingProps<Kind extends StepStatus["kind"]> = {
  readonly step: StepState;
  readonly status: Extract<StepStatus, { readonly kind: Kind }>;
};

/** One look per status: a new one does not compile until it has its own. */
const standings: {
  readonly [Kind in StepStatus["kind"]]: (props: StandingProps<Kind>) => ReactNode;
} = {
  waiting: Waiting,
  running: Running,
  "waiting-for-approval": Approval,
  "in-doubt": Doubt,
  overdue: Overdue,
  "outcome-unknown": OutcomeUnknown,
  succeeded: Succeeded,
  failed: Failed,
  skipped: Skipped,
  cancelled: Cancelled,
};

function Standing({ step }: { readonly step: StepState }) {
  const { status } = step;
  // The record pairs each kind with its own look, which the union of statuses cannot say.
  const Show = standings[status.kind] as (props: { step: StepState; status: StepStatus }) => ReactNode;
  return <Show step={step} status={status} />;
}

function useSignal(stepId: StepId) {
  return useStore(runStore, ({ signals }) => signals.get(stepId));
}

function Waiting({ step }: StandingProps<"waiting">) {
  const waitingFor = useSignal(step.stepId)?.waitingFor;
  const before = useStore(runStore, ({ run }) => {
    const open = step.needs.map((id) => run?.steps.get(id)).find((each) => each?.status.kind !== "succeeded");
    return open?.title;
  });
  return <p className={styles["line"]}>Waits for {waitingFor ?? (before ? `“${before}”` : "its turn")}</p>;
}

/** A card has no room for more; the inspector and the log say it whole. */
const shortPhases: { readonly [Phase in StepPhase]: string } = {
  uploading: "Uploading",
  creating: "Sending",
  remote: "Running",
  rendering: "Rendering",
  fetching: "Fetching",
  saving: "Saving",
};

function Running({ step, status }: StandingProps<"running">) {
  const signal = useSignal(step.stepId);
  const now = useNow();
  const { fraction } = signal ?? {};
  const again = status.againAt !== undefined && status.againAt > now ? status.againAt : undefined;
  const what = signal?.waitingFor
    ? `Waits for ${signal.waitingFor}`
    : again
      ? `Tries again at ${clockTime(again)}`
      : status.phase === "remote" && status.remoteStatus
        ? status.remoteStatus
        : shortPhases[status.phase];
  const percent = fraction !== undefined && <span>{Math.round(fraction * 100)} %</span>;
  // Between the probable end and the time it gets late there is nothing better to say than "soon".
  const left = signal?.eta && timeLeft(now > signal.eta.lateAt ? 0 : Math.max(1, signal.eta.endsAt - now));
  return (
    <div className={styles["running"]}>
      <div
        className={styles["track"]}
        role="progressbar"
        aria-label="Progress"
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
        {fraction !== undefined && !signal?.detail && percent}
        <span className={styles["end"]}>
          {step.startedAt !== undefined && duration(Math.max(0, now - step.startedAt))}
          {left && ` · ${left}`}
        </span>
      </p>
      {signal?.detail && (
        <p className={styles["detail"]}>
          {percent}
          <span className={styles["end"]}>{signal.detail}</span>
        </p>
      )}
    </div>
  );
}

function Approval({ step, status: { post } }: StandingProps<"waiting-for-approval">) {
  const { approve, decline, renewPosts, openApproval } = useCommands();
  const outdated = useOutdatedPost(step.stepId);
  const params = useParamWords(post);
  const { media } = post;
  return (
    <section className={`${styles["ask"]} nodrag`} aria-label="Approval">
      <p className={styles["question"]}>Post this to {platformName(post.platform)}?</p>
      <div className={styles["post"]}>
        {media.sha256 !== undefined && (
          <MediaPreview media={{ ...media, sha256: media.sha256 }} title="What will be posted" />
        )}
        <p className={styles["account"]}>{accountWords(post)}</p>
        <p className={styles["caption"]} data-selectable="">
          {post.caption || <em>No caption</em>}
        </p>
        <ParamList params={params} className={styles["params"]} />
      </div>
      {post.blockedBy ? (
        <EarlierPost post={post.blockedBy} />
      ) : (
        post.lastSentAt !== undefined && (
          <p className={styles["warning"]}>
            The same media went to this account {ago(post.lastSentAt, Date.now())}.
          </p>
        )
      )}
      <div className={styles["choices"]}>
        <Button
          size="small"
          look="primary"
          disabled={post.blockedBy !== undefined || outdated !== undefined}
          onClick={() => void approve(step.stepId, post.digest)}
        >
          Approve
        </Button>
        <Button size="small" onClick={() => focusNode(step.nodeId)}>
          Change
        </Button>
        {outdated === undefined && (
          <Button size="small" look="quiet" onClick={() => decline(step.stepId)}>
            Skip
          </Button>
        )}
        <Button
          size="small"
          look="quiet"
          className={styles["last"]}
          onClick={() => openApproval(step.stepId)}
        >
          Look
        </Button>
      </div>
      {/* Below the buttons, so that none moves under a pointer that is about to press. */}
      {outdated !== undefined && (
        <div className={styles["held"]} role="status">
          <p>{outdated}</p>
          <Button size="small" onClick={() => renewPosts(step.stepId)}>
            Run again with the change
          </Button>
          <Button size="small" look="quiet" onClick={() => decline(step.stepId)}>
            Discard the old post
          </Button>
        </div>
      )}
    </section>
  );
}

/** What must be said of an earlier post before this one may go. */
function EarlierPost({ post }: { readonly post: UnsettledPost }) {
  const { settlePost } = useCommands();
  return (
    <>
      <p className={styles["warning"]}>
        The same media was sent to this account {ago(post.at, Date.now())}, and nobody can say whether it went
        out. Look at the account, then say:
      </p>
      <div className={styles["choices"]}>
        <Button size="small" onClick={() => settlePost(post, "sent")}>
          It went out
        </Button>
        <Button size="small" onClick={() => settlePost(post, "not-sent")}>
          It did not go out
        </Button>
      </div>
    </>
  );
}

function Doubt({ step, status: { failure } }: StandingProps<"in-doubt">) {
  const { settleDoubt, openDoubt } = useCommands();
  const isPost = step.type === "publish";
  return (
    <section className={`${styles["ask"]} nodrag`} aria-label="In doubt">
      <p className={styles["question"]}>May have been sent. Check, then decide.</p>
      <p className={styles["risk"]}>{riskWords(step)}</p>
      <SentWords step={step} />
      <p className={styles["remedy"]}>
        {failure.message} <Code failure={failure} />
      </p>
      <div className={styles["choices"]}>
        <Button size="small" look="primary" onClick={() => openDoubt(step.stepId)}>
          Check
        </Button>
        {isPost ? (
          <Settle step={step} />
        ) : (
          <>
            <Button size="small" onClick={() => openDoubt(step.stepId)}>
              Send again…
            </Button>
            <Button size="small" look="quiet" onClick={() => settleDoubt(step.stepId, "skip")}>
              Skip
            </Button>
          </>
        )}
      </div>
      <Meanings step={step} />
    </section>
  );
}

/** The caption that went out, or may have: what a person looks for on the account. */
function SentWords({ step: { postTo } }: { readonly step: StepState }) {
  if (postTo?.caption === undefined) return null;
  return (
    <div className={styles["post"]}>
      <p className={styles["caption"]} data-selectable="">
        {postTo.caption || <em>No caption</em>}
      </p>
    </div>
  );
}

/** What each choice does. */
function Meanings({ step }: { readonly step: StepState }) {
  return (
    <dl className={styles["meanings"]}>
      {choiceWords(step).map(([choice, does]) => (
        <div key={choice}>
          <dt>{choice}:</dt> <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}

function Settle({ step: { stepId, attempt } }: { readonly step: StepState }) {
  const { settlePost } = useCommands();
  const runId = useStore(runStore, ({ run }) => run?.runId);
  if (runId === undefined) return null;
  return (
    <>
      <Button size="small" onClick={() => settlePost({ runId, stepId, attempt }, "sent")}>
        It went out
      </Button>
      <Button size="small" onClick={() => settlePost({ runId, stepId, attempt }, "not-sent")}>
        It did not go out
      </Button>
    </>
  );
}

function Overdue({ step, status: { job } }: StandingProps<"overdue">) {
  return (
    <CheckAgain
      step={step}
      title="Not finished yet"
      text="It takes longer than usual. The job goes on at the server and may still end well."
      jobId={job.id}
    />
  );
}

function OutcomeUnknown({ step, status: { job } }: StandingProps<"outcome-unknown">) {
  return (
    <CheckAgain
      step={step}
      title="Outcome unknown"
      text={`Sent to ${targetWords(step)}; the server has not said how it ended. It is not sent again by itself.`}
      jobId={job.id}
    />
  );
}

type CheckAgainProps = {
  readonly step: StepState;
  readonly title: string;
  readonly text: string;
  readonly jobId: string;
};

function CheckAgain({ step, title, text, jobId }: CheckAgainProps) {
  const { checkAgain, openDoubt } = useCommands();
  return (
    <section className={`${styles["ask"]} nodrag`} aria-label={title}>
      <p className={styles["question"]}>{title}</p>
      <p className={styles["text"]}>{text}</p>
      <SentWords step={step} />
      <div className={styles["choices"]}>
        <Button size="small" onClick={() => checkAgain(step.stepId)}>
          Check again
        </Button>
        {step.type === "publish" ? (
          <>
            <Settle step={step} />
            <Button size="small" look="quiet" onClick={() => openDoubt(step.stepId)}>
              Look
            </Button>
          </>
        ) : (
          <code className={styles["code"]} title={`Job ${jobId}`} data-selectable="">
            {jobId}
          </code>
        )}
      </div>
      {step.type === "publish" && <Meanings step={step} />}
    </section>
  );
}

function Succeeded({ step }: StandingProps<"succeeded">) {
  const { fetchPreviewAgain } = useCommands();
  const missing = Object.values(step.previewFailures)[0];
  if (!missing) return null;
  return (
    <div className={`${styles["trouble"]} nodrag`} role="note">
      <p className={styles["text"]}>Done. The preview is not fetched yet: {missing.message}</p>
      <Button size="small" onClick={() => fetchPreviewAgain(step.stepId)}>
        Fetch again
      </Button>
    </div>
  );
}

function Failed({ step, status: { failure } }: StandingProps<"failed">) {
  const { retry } = useCommands();
  return (
    <div className={`${styles["trouble"]} nodrag`} data-look="danger" role="alert">
      <p className={styles["text"]} data-selectable="">
        {failure.message}
      </p>
      <p className={styles["remedy"]}>
        {failure.remedy} {chargeWords[failure.cost]} <Code failure={failure} />
      </p>
      <Button size="small" onClick={() => retry(step.stepId)}>
        <RotateCw size={12} />
        Retry
      </Button>
    </div>
  );
}

function Code({ failure }: { readonly failure: Failure }) {
  return (
    <code className={styles["code"]} data-selectable="">
      {failure.code}
    </code>
  );
}

function Skipped({ step, status: { reason } }: StandingProps<"skipped">) {
  const steps = useStore(runStore, ({ run }) => run?.steps);
  const { retry } = useCommands();
  return (
    <p className={styles["line"]}>
      <span className={styles["word"]}>Skipped: {skipWords(reason, steps ?? new Map())}</span>
      {reason.kind !== "upstream" && (
        <Button size="small" look="quiet" className="nodrag" onClick={() => retry(step.stepId)}>
          Retry
        </Button>
      )}
    </p>
  );
}

function Cancelled({ step, status: { job } }: StandingProps<"cancelled">) {
  const { retry, checkAgain } = useCommands();
  if (job)
    return (
      <section className={`${styles["trouble"]} nodrag`} aria-label="Cancelled">
        <p className={styles["text"]}>Cancelled; the job goes on at the server.</p>
        <div className={styles["choices"]}>
          <Button size="small" onClick={() => checkAgain(step.stepId)}>
            Collect result
          </Button>
          <Button size="small" look="quiet" onClick={() => retry(step.stepId)}>
            Collect and go on
          </Button>
        </div>
      </section>
    );
  return (
    <p className={styles["line"]}>
      <span className={styles["word"]}>Cancelled</span>
      <Button size="small" look="quiet" className="nodrag" onClick={() => retry(step.stepId)}>
        Retry
      </Button>
    </p>
  );
}

/** What took less was done at once, and is not worth a line. */
const NOTICED_MS = 100;

type FooterProps = {
  readonly node: GraphNode;
  readonly step: StepState | undefined;
  readonly isChosen: boolean;
  readonly item: string;
};

/** What it took, once it has ended, and which of its takes it is. */
function Footer({ node, step, isChosen, item }: FooterProps) {
  const steps = useShownSteps(node.id);
  if (step?.status.kind === "running" || step?.status.kind === "waiting") return null;
  const shown = isChosen ? "flows on from the next run" : step ? factsOf(step) : "";
  const permalink = step?.permalink;
  const varies = node.type === "generate";
  if (shown === "" && !permalink && !varies) return null;
  return (
    <footer className={styles["footer"]}>
      <span>{shown}</span>
      {permalink && <Post permalink={permalink} />}
      {varies && <TakesStepper node={node} steps={steps} item={item} />}
    </footer>
  );
}

function factsOf(step: StepState): string {
  const { status, startedAt, endedAt, savedMicrodollars } = step;
  if (status.kind === "succeeded" && status.cached)
    return savedMicrodollars ? `cached · saved ${money(savedMicrodollars)}` : "cached";
  const tookMs = startedAt === undefined || endedAt === undefined ? 0 : endedAt - startedAt;
  return [tookMs >= NOTICED_MS && duration(tookMs), shownCost(step)].filter(Boolean).join(" · ");
}

function Post({ permalink }: { readonly permalink: string }) {
  const address = postAddress(permalink);
  if (!address) return <span>Posted in the sandbox</span>;
  return (
    <a className="nodrag" href={address} target="_blank" rel="noreferrer">
      See the post
    </a>
  );
}
