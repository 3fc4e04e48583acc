import {
  Ban,
  Check,
  CircleAlert,
  CircleDashed,
  CircleDot,
  CircleHelp,
  CirclePause,
  CircleSlash,
  Clock,
  Hand,
  History,
  LoaderCircle,
  type LucideIcon,
} from "lucide-react";
import { isReused, type StepState, type StepStatus } from "../../src/engine/record.ts";
import type { Problem } from "../../src/graph/document/problems.ts";
import { isUnset } from "../stores/graph-view.ts";
import { useShownStatus } from "../stores/run-history.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { capitalised, statusIds } from "../words/step-words.ts";
import { t, told } from "../words/words.ts";
import styles from "./card-status-mark.module.css";

type Mark = {
  readonly Icon: LucideIcon;
  readonly label: string;
  readonly look?: "running" | "danger" | "wait";
};

/** Done is as quiet as can be, but it is said: a post or a text looks from afar the same before and after. */
const marks: { readonly [Kind in StepStatus["kind"]]: Omit<Mark, "label"> } = {
  waiting: { Icon: CircleDashed },
  running: { Icon: LoaderCircle, look: "running" },
  "waiting-for-approval": { Icon: Hand, look: "wait" },
  "in-doubt": { Icon: CircleHelp, look: "wait" },
  overdue: { Icon: Clock, look: "wait" },
  "outcome-unknown": { Icon: CircleHelp, look: "wait" },
  succeeded: { Icon: Check },
  failed: { Icon: CircleAlert, look: "danger" },
  skipped: { Icon: CircleSlash },
  cancelled: { Icon: Ban },
};

const leftOff = (): Mark => ({ Icon: CirclePause, label: t("canvas.interrupted"), look: "wait" });

export type CardStatusMarkProps = {
  readonly step: StepState | undefined;
  readonly errors: readonly Problem[];
};

export function CardStatusMark({ step, errors }: CardStatusMarkProps) {
  const isLeftOff = useShownStatus() === "interrupted" && step?.status.kind === "running";
  const mark = isLeftOff ? leftOff() : markOf(step, errors);
  if (!mark) return null;
  const { Icon, label, look } = mark;
  return (
    <Tooltip text={label}>
      <span className={styles["mark"]} data-look={look} role="img" aria-label={label}>
        <Icon size={14} strokeWidth={2} />
      </span>
    </Tooltip>
  );
}

function markOf(step: StepState | undefined, errors: readonly Problem[]): Mark | undefined {
  const mark =
    step && isReused(step)
      ? { Icon: History, label: t("canvas.earlierResult") }
      : step && { ...marks[step.status.kind], label: capitalised(t(statusIds[step.status.kind])) };
  const [first] = errors;
  // What is done may have been edited since; then what is wrong now comes first.
  if (!first || (mark && step?.status.kind !== "succeeded")) return mark;
  const problem = told(first);
  const label = errors.length > 1 ? t("canvas.andMore", { problem, more: errors.length - 1 }) : problem;
  return errors.every(isUnset) ? { Icon: CircleDot, label } : { Icon: CircleAlert, label, look: "danger" };
}
