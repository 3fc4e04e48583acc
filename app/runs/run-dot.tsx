import type { RunSummary } from "../../src/studio/contract.ts";
import styles from "./run-dot.module.css";

/** How a run stands, at a glance; its word stands beside it. */
export function RunDot({ status }: { readonly status: RunSummary["status"] }) {
  return <span className={styles["dot"]} data-status={status} />;
}
