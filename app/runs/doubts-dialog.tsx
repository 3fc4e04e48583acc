import { useEffect, useMemo, useState } from "react";
import type { DoubtDecision, StepState } from "../../src/engine/record.ts";
import { type DoubtSum, openDoubts, openPostDoubts, sumOfDoubts } from "../../src/engine/record.ts";
import type { DoubtAnswer, StepEvidence } from "../../src/studio/contract.ts";
import { useCommands } from "../stores/commands.ts";
import { useRun } from "../stores/run.ts";
import { type Called, called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Switch } from "../ui/switch.tsx";
import { manyWords } from "../words/doubt-words.ts";
import { count, money, told } from "../words/words.ts";
import styles from "./doubts-dialog.module.css";
import { DoubtsList } from "./doubts-list.tsx";
import { runControlStore, useRunControl } from "./run-control.ts";
import { TickHead } from "./tick-list.tsx";

const close = () => runControlStore.setState({ doubts: false });

/** The button that was pressed is gone by then. */
const focusOn = (button: HTMLButtonElement | null) => button?.focus();

/** What is asked once more, in words, before it is done: exactly these creates, as they were seen. */
type Asked = {
  readonly decision: DoubtDecision;
  readonly steps: readonly StepState[];
  readonly sum: DoubtSum;
};

/**
 * All creates of a run of which nobody can say whether they arrived, settled together. A post is only shown the way to:
 * for its end only a look at the account will do, so no word about many covers it.
 */
export function DoubtsDialog() {
  // Under the dialog of a single one it waits.
  const isOpen = useRunControl(({ doubts, doubt }) => doubts && doubt === undefined);
  const isShown = useRunControl(({ doubts }) => doubts);
  const run = useRun((state) => (isShown ? state.run : undefined));
  const { settleDoubts } = useCommands();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [settled, setSettled] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Asked>();
  const [looked, setLooked] = useState(false);
  const [said, setSaid] = useState<string>();
  const [busy, setBusy] = useState(false);
  const creates = useMemo(
    () => (run ? openDoubts(run).filter((step) => !settled.has(keyOf(step))) : []),
    [run, settled],
  );
  const posts = useMemo(() => (run ? openPostDoubts(run) : []), [run]);
  const evidence = useEvidence(isShown ? run?.runId : undefined, creates);

  useEffect(() => {
    if (isShown) return;
    setTicked(new Set());
    setSettled(new Set());
    setAsked(undefined);
    setSaid(undefined);
  }, [isShown]);

  const chosen = creates.filter((step) => ticked.has(keyOf(step)));
  const tick = (steps: readonly StepState[], on: boolean) => {
    const next = new Set(ticked);
    for (const step of steps)
      if (on) next.add(keyOf(step));
      else next.delete(keyOf(step));
    setTicked(next);
  };
  const ask = (decision: DoubtDecision) => {
    setSaid(undefined);
    setLooked(false);
    setAsked({ decision, steps: chosen, sum: sumOfDoubts(chosen) });
  };
  const give = async ({ decision, steps, sum }: Asked) => {
    setBusy(true);
    const answers = await settleDoubts(
      steps,
      decision === "skip" ? { decision } : { decision, sumMicrodollars: sum.microdollars },
    );
    setBusy(false);
    setAsked(undefined);
    if (!answers) return;
    const done = new Set(settled);
    steps.forEach((step, at) => {
      if (answers[at]?.ok) done.add(keyOf(step));
    });
    setSettled(done);
    setTicked(new Set());
    const refused = refusalWords(steps, answers);
    setSaid(refused);
    if (refused === undefined && posts.length === 0 && creates.every((step) => done.has(keyOf(step))))
      close();
  };

  const total = creates.length + posts.length;
  if (asked) {
    const { decision, steps, sum } = asked;
    const price = sum.microdollars > 0 ? ` for ${money(sum.microdollars)}` : "";
    const number = steps.length;
    return (
      <Dialog
        open={isOpen}
        onClose={() => setAsked(undefined)}
        modalOnly
        title={
          decision === "resend"
            ? `Make ${count(number, "step")} again${price}?`
            : `Leave ${count(number, "step")} out?`
        }
        description={`On ${run?.serverLabel ?? "the server"}.`}
        footer={
          <>
            <Button key="back" ref={focusOn} disabled={busy} onClick={() => setAsked(undefined)}>
              Back
            </Button>
            <Button
              look={decision === "resend" ? "danger" : "primary"}
              disabled={busy || (decision === "resend" && !looked)}
              onClick={() => void give(asked)}
            >
              {decision === "resend" ? `Make ${number} again${price}` : `Leave ${number} out`}
            </Button>
          </>
        }
      >
        <div className={styles["asked"]}>
          {manyWords(decision, number, sum).map((line) => (
            <p key={line}>{line}</p>
          ))}
          {decision === "resend" && (
            <div className={styles["check"]}>
              <Switch
                label="I looked at the server and they are not there"
                checked={looked}
                onChange={setLooked}
              />
              <span>I looked at the server, and they are not there</span>
            </div>
          )}
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open={isOpen}
      onClose={close}
      wide
      modalOnly
      title={total === 0 ? "Nothing is in doubt" : `${count(total, "step")} in doubt`}
      description={
        total === 0
          ? "Everything in doubt in this run has been settled."
          : `On ${run?.serverLabel ?? "the server"}. Their answers were lost, so they may have been made and charged. Nothing is sent again until you decide.`
      }
      footer={
        total === 0 ? (
          <Button look="primary" onClick={close}>
            Close
          </Button>
        ) : (
          <>
            <Button look="quiet" onClick={close}>
              Decide later
            </Button>
            {creates.length > 0 && (
              <>
                <Button disabled={chosen.length === 0} onClick={() => ask("skip")}>
                  {`Leave out ${chosen.length || ""}`.trim()}
                </Button>
                <Button disabled={chosen.length === 0} onClick={() => ask("resend")}>
                  {`Make again ${chosen.length || ""}`.trim()}…
                </Button>
              </>
            )}
          </>
        )
      }
    >
      {total > 0 && (
        <div className={styles["body"]}>
          {creates.length > 0 && (
            <TickHead>
              <span role="status">
                {chosen.length} of {creates.length} ticked
                {chosen.length > 0 && `, ${sumWords(sumOfDoubts(chosen))}`}
                {posts.length > 0 &&
                  ` · ${count(posts.length, "post")} on ${posts.length === 1 ? "its" : "their"} own`}
              </span>
              <Button size="small" look="quiet" disabled={!evidence.answer} onClick={evidence.lookAgain}>
                {evidence.answer ? "Look again" : "Looking…"}
              </Button>
              <Button size="small" look="quiet" onClick={() => tick(creates, true)}>
                Tick all
              </Button>
              <Button
                size="small"
                look="quiet"
                disabled={chosen.length === 0}
                onClick={() => tick(creates, false)}
              >
                Tick none
              </Button>
            </TickHead>
          )}
          <DoubtsList
            steps={[...creates, ...posts]}
            isTicked={(step) => ticked.has(keyOf(step))}
            onTick={(step, on) => tick([step], on)}
            evidence={evidence.answer?.ok ? evidence.answer.value : undefined}
          />
          {evidence.answer && !evidence.answer.ok && (
            <p className={styles["quiet"]}>
              {wordsOf(evidence.answer.failure).message} {wordsOf(evidence.answer.failure).remedy}
            </p>
          )}
          {evidence.answer?.ok && evidence.answer.value.some(({ found }) => found.length > 0) && (
            <p className={styles["quiet"]}>
              What was found may be of any of these steps: the server does not say which.
            </p>
          )}
          {said !== undefined && (
            <p className={styles["warning"]} role="alert">
              {said}
            </p>
          )}
        </div>
      )}
    </Dialog>
  );
}

/** One look for all; again only when a person asks for it. */
function useEvidence(runId: string | undefined, creates: readonly StepState[]) {
  const [turn, setTurn] = useState(0);
  const [answer, setAnswer] = useState<Called<readonly StepEvidence[]>>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn is another look, and a row that is settled none
  useEffect(() => {
    setAnswer(undefined);
    const stepIds = creates.map(({ stepId }) => stepId);
    if (runId === undefined || stepIds.length === 0) return;
    let isGone = false;
    void called(studio.client.runs.evidenceOfMany({ runId, stepIds })).then((found) => {
      if (!isGone) setAnswer(found);
    });
    return () => {
      isGone = true;
    };
  }, [runId, turn]);
  return { answer, lookAgain: () => setTurn(turn + 1) };
}

/** Of this create: one that the step sends later is another doubt. */
function keyOf({ stepId, attempt }: StepState): string {
  return `${stepId} ${attempt}`;
}

function sumWords({ microdollars, unpriced }: DoubtSum): string {
  if (microdollars === 0) return unpriced > 0 ? "no price known" : "free";
  return `${money(microdollars)}${unpriced > 0 ? " or more" : ""}`;
}

/** What to say when some were not taken; the others were. */
function refusalWords(steps: readonly StepState[], answers: readonly DoubtAnswer[]): string | undefined {
  const refused = answers.flatMap((answer, at) => (answer.ok ? [] : [{ ...answer, step: steps[at] }]));
  const [first] = refused;
  if (!first) return undefined;
  const which =
    refused.length === 1 ? `“${first.step?.title ?? ""}” was` : `${count(refused.length, "step")} were`;
  const others = answers.length - refused.length;
  return `${which} not settled: ${told(first)}${others > 0 ? ` The other ${others === 1 ? "one was" : `${others} were`}.` : ""}`;
}
