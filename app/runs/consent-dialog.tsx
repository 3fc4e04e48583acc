import { Fragment } from "react";
import { dollarsText } from "../../src/base/dollars.ts";
import { platformTitle } from "../../src/nodes/publish/platforms/platforms.ts";
import type { Preflight } from "../../src/studio/contract.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { accountWords } from "../words/post-words.ts";
import { ago, count, dateTime, money, say } from "../words/words.ts";
import styles from "./consent-dialog.module.css";
import { EarlierDoubts } from "./earlier-doubts.tsx";
import { useRunControl } from "./run-control.ts";
import { giveConsent, withholdConsent } from "./start-run.ts";

/** Before anything is sent to a server that costs money: exactly what a run would do. */
export function ConsentDialog() {
  const consent = useRunControl((state) => state.consent);
  const starting = useRunControl((state) => state.starting);
  const preflight = consent?.preflight;
  const resumes = consent !== undefined && "runId" in consent;
  return (
    <Dialog
      open={consent !== undefined}
      onClose={withholdConsent}
      modalOnly
      title={`${resumes ? "Resume" : "Run"} on ${preflight?.serverLabel ?? "the server"}?`}
      description={
        resumes
          ? "This server charges for jobs. This is what is left to do; nothing of it has been sent yet."
          : "This server charges for jobs. Nothing has been sent yet."
      }
      footer={
        <>
          <Button onClick={withholdConsent}>{resumes ? "Do not resume" : "Do not run"}</Button>
          <Button look="primary" disabled={starting} onClick={giveConsent}>
            {preflight && preflight.estimateMicrodollars > 0
              ? `${resumes ? "Resume" : "Run"} for ${money(preflight.estimateMicrodollars)}`
              : resumes
                ? "Resume"
                : "Run"}
          </Button>
        </>
      }
    >
      {preflight && (
        <>
          <EarlierDoubts preflight={preflight} onShow={withholdConsent} />
          <dl className={styles["facts"]}>
            {factsOf(preflight).map(([name, text]) => (
              <Fragment key={name}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </Fragment>
            ))}
            <dt className={styles["sum"]}>Estimate</dt>
            <dd className={styles["sum"]}>{money(preflight.estimateMicrodollars)}</dd>
          </dl>
          {consent && "limits" in consent && consent.limits.budgetMicrodollars !== undefined && (
            <p className={styles["budget"]}>
              Within a budget of ${dollarsText(consent.limits.budgetMicrodollars)}, by estimates: a job that
              would go above it is not sent.
            </p>
          )}
          {warningsOf(preflight).map((message) => (
            <p key={message} className={styles["warning"]}>
              {message}
            </p>
          ))}
          {preflight.unpricedSteps > 0 && (
            <p className={styles["warning"]}>
              The price of {count(preflight.unpricedSteps, "step")} is not known and not in this estimate.
            </p>
          )}
          {preflight.posts.length > 0 && (
            <section aria-label="Posts" className={styles["posts"]}>
              <h3>Each of these asks again, with the final picture, before it goes out:</h3>
              <ul>
                {preflight.posts.map((post) => (
                  <li key={post.nodeId}>
                    <p>
                      <b>{accountWords(post)}</b> on {platformTitle(post.platform)}
                      {post.scheduledFor !== undefined && <> at {dateTime(post.scheduledFor)}</>}
                    </p>
                    <p className={styles["caption"]}>{post.caption || "No caption"}</p>
                    <Earlier post={post} />
                  </li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </Dialog>
  );
}

/** So many warnings stand here; the list of problems has all. */
const WARNINGS_SHOWN = 3;

/** What makes a paid result worth less, as half a photo does, is said before it is paid. */
function warningsOf({ problems }: Preflight): readonly string[] {
  return problems
    .filter(({ code }) => code === "file-incomplete" || code === "file-changed")
    .slice(0, WARNINGS_SHOWN)
    .map(({ message, remedy }) => `${say(message)} ${say(remedy)}`);
}

/** What there is to do, and what need not be done again. Posts are always said, as there being none is news, too. */
function factsOf({
  jobs,
  reusedSteps,
  jobsOut = 0,
}: Preflight): readonly (readonly [name: string, text: string])[] {
  const facts: [string, string][] = [];
  if (jobs.generate > 0) facts.push(["To generate", count(jobs.generate, "job")]);
  if (jobs.edits > 0) facts.push(["Edits", count(jobs.edits, "job")]);
  if (jobs.uploads > 0) facts.push(["Uploads", count(jobs.uploads, "file")]);
  facts.push(["Posts", jobs.publishes === 0 ? "none" : count(jobs.publishes, "post")]);
  if (jobsOut > 0) facts.push(["Out already", `${count(jobsOut, "job")}, nothing new`]);
  if (reusedSteps > 0) facts.push(["Reused", count(reusedSteps, "step")]);
  return facts;
}

function Earlier({ post: { isBlocked, lastSentAt } }: { readonly post: Preflight["posts"][number] }) {
  if (isBlocked)
    return (
      <p className={styles["earlier"]}>
        Held back: nobody can say whether an earlier post of the same media went out.
      </p>
    );
  if (lastSentAt === undefined) return null;
  return (
    <p className={styles["earlier"]}>The same media went to this account {ago(lastSentAt, Date.now())}.</p>
  );
}
