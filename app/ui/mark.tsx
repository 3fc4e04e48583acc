import type { ReactNode } from "react";
import styles from "./mark.module.css";
import { Tooltip } from "./tooltip.tsx";

/** Something that waits for a person, hatched; pressed anywhere, it does what its last word says. */
export function Mark(props: {
  readonly icon: ReactNode;
  readonly action: string;
  readonly tooltip: string;
  readonly keys?: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  const { icon, action, tooltip, keys, onClick, children } = props;
  return (
    <Tooltip text={tooltip} {...(keys ? { keys } : {})}>
      <button type="button" className={styles["mark"]} data-mark="" onClick={onClick}>
        {icon}
        {children}
        <span className={styles["action"]}>{action}</span>
      </button>
    </Tooltip>
  );
}
