import {
  type Failure,
  isPost,
  type StepState,
  type StepStatus,
  type UnsettledPost,
} from "../../src/engine/record.ts";
import { platformTitle } from "../../src/nodes/publish/platforms/platforms.ts";
import { useParamWords } from "../forms/param-words.ts";
import { MediaPreview } from "../media/media-preview.tsx";
import { useOutdatedPost } from "../runs/outdated-posts.ts";
import { ParamList } from "../runs/param-list.tsx";
import { StepButtons } from "../steps/step-buttons.tsx";
import { useCommands } from "../stores/commands.ts";
import { focusNode } from "../stores/focus-node.ts";
import { Button } from "../ui/button.tsx";
import { choiceWords, riskWords, targetWords } from "../words/doubt-words.ts";
import { accountWords } from "../words/post-words.ts";
import { say, t, told } from "../words/words.ts";
import styles from "./card-result.module.css";
import { FailureCode } from "./failure-code.tsx";

/** A step, and its status as the kind that a part of its card is for. */
export type StatusProps<Kind extends StepStatus["kind"]> = {
  readonly step: StepState;
  readonly status: Extract<StepStatus, { readonly kind: Kind }>;
};

/** A post that waits for a yes: what would go out, and to whom. */
export function Approval({ step, status: { post } }: StatusProps<"waiting-for-approval">) {
  const { approve, decline, renewPosts, openApproval } = useCommands();
  const outdated = useOutdatedPost(step.stepId);
  const params = useParamWords(post);
  const { media } = post;
  return (
    <section className={`${styles["ask"]} nodrag`} aria-label={t("canvas.approval")}>
      <p className={styles["question"]}>{t("canvas.postTo", { platform: platformTitle(post.platform) })}</p>
      <div className={styles["post"]}>
        {media.sha256 !== undefined && (
          <MediaPreview media={{ ...media, sha256: media.sha256 }} title={t("canvas.whatWillBePosted")} />
        )}
        <p className={styles["account"]} translate="no">
          {accountWords(post)}
        </p>
        <p className={styles["caption"]} data-selectable="" translate={post.caption ? "no" : undefined}>
          {post.caption || <em>{t("canvas.noCaption")}</em>}
        </p>
        <ParamList params={params} className={styles["params"]} />
      </div>
      {post.blockedBy ? (
        <EarlierPost post={post.blockedBy} />
      ) : (
        post.lastSentAt !== undefined && (
          <p className={styles["warning"]}>{t("canvas.sameMediaWent", { at: post.lastSentAt })}</p>
        )
      )}
      <div className={styles["choices"]}>
        <Button
          size="small"
          look="primary"
          disabled={post.blockedBy !== undefined || outdated !== undefined}
          onClick={() => void approve(step.stepId, post.digest)}
        >
          {t("canvas.approve")}
        </Button>
        <Button size="small" onClick={() => focusNode(step.nodeId)}>
          {t("canvas.change")}
        </Button>
        {outdated === undefined && (
          <Button size="small" look="quiet" onClick={() => decline(step.stepId)}>
            {t("canvas.skip")}
          </Button>
        )}
        <Button
          size="small"
          look="quiet"
          className={styles["last"]}
          onClick={() => openApproval(step.stepId)}
        >
          {t("canvas.look")}
        </Button>
      </div>
      {/* Below the buttons, so that none moves under a pointer that is about to press. */}
      {outdated !== undefined && (
        <div className={styles["held"]} role="status">
          <p>{outdated}</p>
          <Button size="small" onClick={() => renewPosts(step.stepId)}>
            {t("canvas.runWithChange")}
          </Button>
          <Button size="small" look="quiet" onClick={() => decline(step.stepId)}>
            {t("canvas.discardOldPost")}
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
      <p className={styles["warning"]}>{t("canvas.sameMediaUnsettled", { at: post.at })}</p>
      <div className={styles["choices"]}>
        <Button size="small" onClick={() => settlePost(post, "sent")}>
          {t("canvas.wentOut")}
        </Button>
        <Button size="small" onClick={() => settlePost(post, "not-sent")}>
          {t("canvas.notWentOut")}
        </Button>
      </div>
    </>
  );
}

/** A create or a post in doubt, and a post that was left so: a person looks, then says what became of it. */
export function Doubt({ step, failure }: { readonly step: StepState; readonly failure?: Failure }) {
  return (
    <section className={`${styles["ask"]} nodrag`} aria-label={t("canvas.inDoubt")}>
      <p className={styles["question"]}>{t("canvas.mayHaveBeenSent")}</p>
      <p className={styles["risk"]}>{riskWords(step)}</p>
      <SentWords step={step} />
      {failure && (
        <p className={styles["remedy"]}>
          {say(failure.message)} <FailureCode failure={failure} />
        </p>
      )}
      <div className={styles["choices"]}>
        <StepButtons step={step} />
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
      <p className={styles["caption"]} data-selectable="" translate={postTo.caption ? "no" : undefined}>
        {postTo.caption || <em>{t("canvas.noCaption")}</em>}
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

export function Overdue({ step, status: { job, failure } }: StatusProps<"overdue">) {
  return (
    <CheckAgain
      step={step}
      title={failure ? t("canvas.noWord") : t("canvas.notFinished")}
      text={failure ? t("canvas.notSentAgain", { failure: told(failure) }) : t("canvas.takesLonger")}
      jobId={job.id}
    />
  );
}

export function OutcomeUnknown({ step, status: { job, failure } }: StatusProps<"outcome-unknown">) {
  return (
    <CheckAgain
      step={step}
      title={t("canvas.outcomeUnknown")}
      text={
        failure
          ? t("canvas.sentToBut", { target: targetWords(step), failure: told(failure) })
          : t("canvas.sentTo", { target: targetWords(step) })
      }
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
  return (
    <section className={`${styles["ask"]} nodrag`} aria-label={title}>
      <p className={styles["question"]}>{title}</p>
      <p className={styles["text"]} data-selectable="">
        {text}
      </p>
      <SentWords step={step} />
      <div className={styles["choices"]}>
        <StepButtons step={step} />
        {!isPost(step) && (
          <code className={styles["code"]} title={t("canvas.job", { id: jobId })} data-selectable="">
            {jobId}
          </code>
        )}
      </div>
      {isPost(step) && <Meanings step={step} />}
    </section>
  );
}
