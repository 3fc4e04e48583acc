import { Fragment, type ReactNode, useEffect } from "react";
import { isPost, runCounts } from "../../src/engine/record.ts";
import { platformTitle } from "../../src/nodes/publish/platforms/platforms.ts";
import type { Preflight, RunSummary } from "../../src/studio/contract.ts";
import { useRunControl } from "../runs/run-control.ts";
import { useGraph } from "../stores/graph.ts";
import { useRun } from "../stores/run.ts";
import { useHistory, useShownStatus } from "../stores/run-history.ts";
import { refreshAccounts, useAccounts, useServer } from "../stores/server.ts";
import styles from "../ui/panel.module.css";
import { doneWords } from "../words/count-words.ts";
import { outcomeIds } from "../words/event-words.ts";
import { accountWords } from "../words/post-words.ts";
import { ago, money, say, t } from "../words/words.ts";
import { ProblemCard } from "./node-inspector.tsx";

/** Shown while nothing is selected: what the graph is, what a run of it would do, and its last run. */
export function GraphOverview() {
  const name = useGraph((state) => state.graph?.name);
  const nodes = useGraph((state) => state.graph?.nodes) ?? [];
  const problems = useGraph((state) => state.problems);
  const forecast = useRunControl((state) => state.forecast);
  const server = useServer((state) => state.connection?.label);
  const [last] = useHistory((state) => state.runs);
  const general = problems.filter(({ nodeId, nodeIds }) => nodeId === undefined && nodeIds === undefined);
  const accounts = useUsedAccounts();
  return (
    <>
      <header className={styles["head"]}>
        <h2 translate="no">{name}</h2>
        <p className={styles["description"]}>
          {nodes.length === 0 ? t("inspector.emptyGraph") : t("inspector.selectNode")}
        </p>
      </header>
      {nodes.length > 0 && (
        <section className={styles["section"]} aria-label={t("inspector.runWouldDo")}>
          <h3>{t("inspector.aRun")}</h3>
          <dl className={styles["facts"]}>
            <dt>{t("inspector.nodes")}</dt>
            <dd>{nodes.length}</dd>
            {forecastFacts.map(([name, fact]) => (
              <Fragment key={name}>
                <dt>{t(name)}</dt>
                <dd>{forecast ? fact(forecast) : "–"}</dd>
              </Fragment>
            ))}
            <dt>{t("inspector.server")}</dt>
            <dd translate="no">{server ?? "–"}</dd>
            {accounts.length > 0 && (
              <>
                <dt>{t("inspector.accounts")}</dt>
                <dd translate="no">{accounts.join(", ")}</dd>
              </>
            )}
          </dl>
        </section>
      )}
      {last && <LastRun last={last} />}
      {general.length > 0 && nodes.length > 0 && (
        <div className={styles["foot"]}>
          <section className={styles["section"]} aria-label={t("inspector.problems")}>
            {general.map((problem) => (
              <ProblemCard key={`${problem.code}:${say(problem.message)}`} problem={problem} />
            ))}
          </section>
        </div>
      )}
    </>
  );
}

/** Each stands there before it is known, so that nothing moves when it is. */
const forecastFacts = [
  ["inspector.steps", ({ steps }) => steps],
  ["inspector.uploads", ({ jobs }) => jobs.uploads],
  ["inspector.jobs", ({ jobs }) => jobs.generate + jobs.edits],
  ["inspector.posts", ({ jobs }) => jobs.publishes],
  [
    "inspector.estimate",
    ({ estimateMicrodollars, unpricedSteps }) =>
      unpricedSteps > 0
        ? t("inspector.estimatedAndUnknown", { cost: estimateMicrodollars, unknown: unpricedSteps })
        : money(estimateMicrodollars),
  ],
] as const satisfies readonly (readonly [string, (forecast: Preflight) => ReactNode])[];

function LastRun({ last }: { readonly last: RunSummary }) {
  // The list of runs is only read now and then; the run on show is known to the moment.
  const shown = useRun(({ run }) => (run?.runId === last.runId ? run : undefined));
  const shownStatus = useShownStatus();
  const status = (shown && shownStatus) ?? last.status;
  const counts = shown ? runCounts(shown) : last;
  return (
    <section className={styles["section"]} aria-label={t("inspector.lastRun")}>
      <h3>{t("inspector.lastRun")}</h3>
      <dl className={styles["facts"]}>
        <dt>{t(outcomeIds[status])}</dt>
        <dd>{ago(last.startedAt, Date.now())}</dd>
        <dt>{t("inspector.steps")}</dt>
        <dd>
          {counts.failed > 0
            ? t("inspector.doneAndFailed", { done: doneWords(counts), failed: counts.failed })
            : doneWords(counts)}
        </dd>
      </dl>
    </section>
  );
}

/** Names of the accounts the graph posts to; an account that is not known yet by its id. */
function useUsedAccounts(): readonly string[] {
  const nodes = useGraph((state) => state.graph?.nodes) ?? [];
  const accounts = useAccounts((state) => state.found);
  const phase = useAccounts((state) => state.phase);
  const ids = nodes.flatMap(({ type, data }) => {
    const id = data.params["accountId"];
    return isPost({ type }) && typeof id === "string" && id !== "" ? [id] : [];
  });
  const missing = ids.length > 0 && phase === "unknown";
  useEffect(() => {
    if (missing) void refreshAccounts();
  }, [missing]);
  return [...new Set(ids)].map((id) => {
    const account = accounts.find(({ accountId }) => accountId === id);
    const name = accountWords({ accountName: account?.username, accountId: id });
    return account ? `${name} (${platformTitle(account.platform)})` : name;
  });
}
