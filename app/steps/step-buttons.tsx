import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import { type StepAction, type StepState, stepActions } from "../../src/engine/record.ts";
import { type Commands, useCommands } from "../stores/commands.ts";
import { runStore } from "../stores/run.ts";
import { Button } from "../ui/button.tsx";
import { t } from "../words/words.ts";

type Press = {
  readonly label: ReactNode;
  readonly look?: "primary" | "quiet";
  readonly onPress: (commands: Commands, step: StepState, runId: string) => void;
};

const settle = (label: string, as: "sent" | "not-sent"): Press => ({
  label,
  onPress: ({ settlePost }, { stepId, attempt }, runId) => settlePost({ runId, stepId, attempt }, as),
});

const hasJob = ({ status }: StepState) => status.kind === "cancelled" && status.job !== undefined;

/** The buttons of each action. What is offered of a step is decided by `stepActions` alone. */
const presses: { readonly [Action in StepAction]: (step: StepState) => readonly Press[] } = {
  review: () => [
    {
      label: t("steps.reviewPost"),
      look: "primary",
      onPress: ({ openApproval }, { stepId }) => openApproval(stepId),
    },
  ],
  "look-into": (step) => [
    stepActions(step)[0] === "look-into"
      ? {
          label: t("steps.check"),
          look: "primary",
          onPress: ({ openDoubt }, { stepId }) => openDoubt(stepId),
        }
      : { label: t("steps.look"), look: "quiet", onPress: ({ openDoubt }, { stepId }) => openDoubt(stepId) },
  ],
  settle: () => [settle(t("steps.wentOut"), "sent"), settle(t("steps.notWentOut"), "not-sent")],
  "leave-out": () => [
    { label: t("steps.makeAgain"), onPress: ({ openDoubt }, { stepId }) => openDoubt(stepId) },
    {
      label: t("steps.leaveOut"),
      look: "quiet",
      onPress: ({ settleDoubt }, step) => settleDoubt(step, "skip"),
    },
  ],
  check: () => [
    { label: t("steps.checkAgain"), onPress: ({ checkAgain }, { stepId }) => checkAgain(stepId) },
  ],
  collect: () => [
    { label: t("steps.collectResult"), onPress: ({ checkAgain }, { stepId }) => checkAgain(stepId) },
  ],
  retry: (step) => [
    {
      label: hasJob(step) ? (
        t("steps.collectAndGoOn")
      ) : (
        <>
          <RotateCw size={12} />
          {t("steps.retry")}
        </>
      ),
      ...(step.status.kind === "failed" ? {} : { look: "quiet" as const }),
      onPress: ({ retry }, { stepId }) => retry(stepId),
    },
  ],
  fetch: () => [
    {
      label: t("steps.fetchAgain"),
      onPress: ({ fetchPreviewAgain }, { stepId }) => fetchPreviewAgain(stepId),
    },
  ],
  // In the card's menu: a finished step needs no button.
  "make-anew": () => [],
};

type StepButtonsProps = {
  readonly step: StepState;
  /** Where there is room for fewer. Default: all that the step offers. */
  readonly only?: readonly StepAction[];
  /** How many buttons there is room for. Default: any number. */
  readonly most?: number;
  readonly tabIndex?: number;
  readonly className?: string;
};

/** What a person may do about a step of the run on show. */
export function StepButtons({ step, only, most, tabIndex, className }: StepButtonsProps) {
  const commands = useCommands();
  const runId = useStore(runStore, ({ run }) => run?.runId);
  if (runId === undefined) return null;
  const offered = stepActions(step).filter((action) => only?.includes(action) ?? true);
  return offered
    .flatMap((action) =>
      presses[action](step).map((press, index) => ({ ...press, key: `${action} ${index}` })),
    )
    .slice(0, most)
    .map(({ key, label, look, onPress }) => (
      <Button
        key={key}
        size="small"
        {...(look ? { look } : {})}
        {...(tabIndex === undefined ? {} : { tabIndex })}
        {...(className === undefined ? {} : { className })}
        onClick={(event) => {
          event.stopPropagation();
          onPress(commands, step, runId);
        }}
      >
        {label}
      </Button>
    ));
}
