import { useEffect, useState } from "react";
import type { Budget } from "../../src/base/budget.ts";
import { dollarsText, parseDollars } from "../../src/base/dollars.ts";
import { jobsOutWords } from "../../src/base/words.ts";
import type { NodeForecast, Preflight, RunSelection } from "../../src/studio/contract.ts";
import { useCommands } from "../stores/commands.ts";
import { graphStore, useGraph } from "../stores/graph.ts";
import { shellStore } from "../stores/shell.ts";
import { type CallFailure, called, studio } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Switch } from "../ui/switch.tsx";
import { TextField } from "../ui/text-field.tsx";
import { accountWords } from "../words/post-words.ts";
import { count, duration, list, money, told } from "../words/words.ts";
import { budgetOf, rememberBudget, verdictOf } from "./budget.ts";
import styles from "./dry-run-dialog.module.css";
import { EarlierDoubts } from "./earlier-doubts.tsx";
import { runControlStore, useRunControl } from "./run-control.ts";

const close = () => runControlStore.setState({ dryRun: undefined });

function showProblems(): void {
  close();
  shellStore.setState({ runPanel: "problems" });
}

/** What a run would do, reuse, cost and take, node by node, against a budget. Nothing is sent. */
export function DryRunDialog() {
  const selection = useRunControl((state) => state.dryRun);
  const graphId = useGraph((state) => state.graph?.id);
  return selection && graphId !== undefined ? (
    <DryRun key={graphId} selection={selection} graphId={graphId} />
  ) : null;
}

const parts = [
  { value: "all", label: "Everything" },
  { value: "only", label: "Selection" },
  { value: "to", label: "To here" },
  { value: "from", label: "From here" },
] as const;

type Answer = { readonly preflight: Preflight } | { readonly failure: CallFailure } | undefined;

function DryRun({ selection, graphId }: { readonly selection: RunSelection; readonly graphId: string }) {
  const { run } = useCommands();
  const selectedNodeIds = useGraph((state) => state.selectedNodeIds);
  const [fresh, setFresh] = useState(false);
  const [budget, setBudget] = useState(() => budgetOf(graphId));
  const answer = usePreflight(selection, fresh);
  const preflight = answer && "preflight" in answer ? answer.preflight : undefined;
  const errors = preflight?.problems.filter(({ severity }) => severity === "error").length ?? 0;
  const verdict = preflight && verdictOf(preflight, budget);

  const change = (next: Budget) => {
    setBudget(next);
    rememberBudget(graphId, next);
  };
  const choose = (kind: RunSelection["kind"]) =>
    runControlStore.setState({ dryRun: kind === "all" ? { kind } : { kind, nodeIds: [...selectedNodeIds] } });
  const start = () => {
    close();
    run(selection, { fresh, ...budget });
  };

  return (
    <Dialog
      open
      wide
      onClose={close}
      title="Dry run"
      description={`What a run${preflight ? ` on ${preflight.serverLabel}` : ""} would do. Nothing is sent.`}
      footer={
        <>
          <Button onClick={close}>Close</Button>
          <Button look="primary" disabled={!preflight || errors > 0} onClick={start}>
            {budget.budgetMicrodollars === undefined
              ? "Run"
              : `Run within $${dollarsText(budget.budgetMicrodollars)}`}
          </Button>
        </>
      }
    >
      <div className={styles["choices"]}>
        {(selectedNodeIds.size > 0 || selection.kind !== "all") && (
          <Segmented label="Which part runs" value={selection.kind} options={parts} onChange={choose} />
        )}
        <span className={styles["fresh"]}>
          <Switch label="Everything fresh" checked={fresh} onChange={setFresh} />
          Everything fresh
        </span>
      </div>
      {!answer && (
        <p className={styles["wait"]} role="status">
          Asking for prices…
        </p>
      )}
      {answer && "failure" in answer && <Failed failure={answer.failure} />}
      {preflight && errors > 0 && (
        <div className={styles["warning"]} role="alert">
          {count(errors, "problem")} {errors === 1 ? "stands" : "stand"} in the way of this run, so nobody can
          say yet what it would cost.
          <Button size="small" onClick={showProblems}>
            Show {errors === 1 ? "it" : "them"}
          </Button>
        </div>
      )}
      {preflight && errors === 0 && (
        <>
          <EarlierDoubts preflight={preflight} onShow={close} />
          <Nodes preflight={preflight} />
          <Posts preflight={preflight} />
          <div className={styles["budget"]}>
            <Amount
              label="Budget"
              value={budget.budgetMicrodollars}
              placeholder="None"
              onChange={(value) => {
                const { budgetMicrodollars: _old, ...rest } = budget;
                change(value === undefined ? rest : { ...rest, budgetMicrodollars: value });
              }}
            />
            {(preflight.unpricedSteps > 0 || budget.assumedPriceMicrodollars !== undefined) && (
              <Amount
                label="Assume for unknown prices"
                value={budget.assumedPriceMicrodollars}
                placeholder="Nothing"
                onChange={(value) => {
                  const { assumedPriceMicrodollars: _old, ...rest } = budget;
                  change(value === undefined ? rest : { ...rest, assumedPriceMicrodollars: value });
                }}
              />
            )}
          </div>
          {verdict && (
            <p className={verdict.ok ? styles["note"] : styles["warning"]} role="status">
              {verdict.text}
            </p>
          )}
          <p className={styles["note"]}>
            Prices are estimates, and a budget bounds estimates: only the server’s balance is actual.
            {preflight.isSandbox && " The sandbox takes play money, at the prices of the real server."}
          </p>
        </>
      )}
    </Dialog>
  );
}

/** Asked again when what it is about changes; an answer to an older question is dropped. */
function usePreflight(selection: RunSelection, fresh: boolean): Answer {
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    const { graph } = graphStore.getState();
    if (!graph) return;
    let wanted = true;
    setAnswer(undefined);
    void called(studio.client.graphs.forecast({ graph, selection, fresh })).then((told) => {
      if (wanted) setAnswer(told.ok ? { preflight: told.value } : { failure: told.failure });
    });
    return () => {
      wanted = false;
    };
  }, [selection, fresh]);
  return answer;
}

function Failed({ failure }: { readonly failure: CallFailure }) {
  return (
    <p className={styles["warning"]} role="alert">
      {"message" in failure ? told(failure) : "The studio did not answer. Try again."}
    </p>
  );
}

function Nodes({ preflight }: { readonly preflight: Preflight }) {
  const { nodes, time, estimateMicrodollars, unpricedSteps, jobsOut = 0 } = preflight;
  const { reusedSteps: reused } = preflight;
  const steps = nodes.reduce((sum, node) => sum + node.steps, 0);
  const timed = time.p90Ms > 0;
  return (
    <div className={styles["scroll"]}>
      <table className={styles["table"]}>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Runs</th>
            {reused > 0 && <th scope="col">Reused</th>}
            <th scope="col">Cost</th>
            {timed && <th scope="col">Time each</th>}
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <tr key={node.nodeId}>
              <th scope="row">{node.title}</th>
              <td>{node.steps - (node.reusedSteps ?? 0) - (node.outSteps ?? 0)}</td>
              {reused > 0 && <td>{reusedWords(node)}</td>}
              <td>{costWords(node.estimateMicrodollars, node.unpricedSteps)}</td>
              {timed && <td>{node.time && span(node.time)}</td>}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Together</th>
            <td>{steps - reused - jobsOut}</td>
            {reused > 0 && <td>{reusedWords(preflight)}</td>}
            <td>{costWords(estimateMicrodollars, unpricedSteps) || "free"}</td>
            {timed && <td>{span(time)}</td>}
          </tr>
        </tfoot>
      </table>
      {jobsOut > 0 && <p className={styles["legend"]}>{jobsOutWords(jobsOut)}</p>}
      <p className={styles["legend"]}>
        {timed
          ? `Times from this machine’s own history: half of the runs, and nine of ten, take no longer. Together they follow the longest chain.`
          : "This machine knows no times yet: it learns from jobs that end."}
        {time.p90Ms > 0 &&
          time.unknownSteps > 0 &&
          ` Not in it: ${count(time.unknownSteps, "step")} it knows too little of.`}
      </p>
    </div>
  );
}

function reusedWords({
  reusedSteps = 0,
  savedMicrodollars = 0,
}: Pick<NodeForecast, "reusedSteps" | "savedMicrodollars">) {
  if (reusedSteps === 0) return "";
  return savedMicrodollars > 0 ? `${reusedSteps}, saves ${money(savedMicrodollars)}` : String(reusedSteps);
}

function costWords(estimateMicrodollars: number, unpricedSteps: number): string {
  if (unpricedSteps > 0)
    return estimateMicrodollars > 0 ? `${money(estimateMicrodollars)} or more` : "not known";
  return estimateMicrodollars > 0 ? money(estimateMicrodollars) : "";
}

/** "40 s, at most 1 min 12 s". */
function span({ p50Ms, p90Ms }: { readonly p50Ms: number; readonly p90Ms: number }): string {
  return `${duration(p50Ms)}, at most ${duration(p90Ms)}`;
}

function Posts({ preflight: { posts, jobs, isSandbox } }: { readonly preflight: Preflight }) {
  if (jobs.publishes === 0) return null;
  const accounts = [...new Set(posts.map(accountWords))];
  const blocked = posts.filter(({ isBlocked }) => isBlocked).length;
  const repeats = posts.filter(({ isBlocked, lastSentAt }) => lastSentAt !== undefined && !isBlocked).length;
  return (
    <p className={styles["note"]}>
      {count(jobs.publishes, "post")} to {list(accounts)}.{" "}
      {isSandbox
        ? "In the sandbox they stay on this machine."
        : "Each asks with the final media before it goes out, and none that went out is sent again."}
      {repeats > 0 &&
        ` ${count(repeats, "post")} ${repeats === 1 ? "repeats" : "repeat"} an earlier one, and ${repeats === 1 ? "asks" : "ask"} first.`}
      {blocked > 0 &&
        ` ${count(blocked, "post")} ${blocked === 1 ? "is" : "are"} held back until somebody says whether an earlier one went out.`}
    </p>
  );
}

type AmountProps = {
  readonly label: string;
  readonly value: number | undefined;
  readonly placeholder: string;
  readonly onChange: (microdollars: number | undefined) => void;
};

/** An amount in dollars; empty for none. What is no amount is marked and changes nothing. */
function Amount({ label, value, placeholder, onChange }: AmountProps) {
  const [text, setText] = useState(value === undefined ? "" : dollarsText(value));
  const parsed = text.trim() === "" ? undefined : parseDollars(text);
  const invalid = text.trim() !== "" && parsed === undefined;
  return (
    <div className={styles["amount"]}>
      <span>{label}</span>
      <span className={styles["dollars"]}>
        <span>$</span>
        <TextField
          aria-label={`${label} in dollars`}
          aria-invalid={invalid}
          inputMode="decimal"
          value={text}
          placeholder={placeholder}
          onChange={({ currentTarget }) => {
            const next = currentTarget.value;
            setText(next);
            const amount = parseDollars(next);
            if (next.trim() === "") onChange(undefined);
            else if (amount !== undefined) onChange(amount);
          }}
        />
      </span>
    </div>
  );
}
