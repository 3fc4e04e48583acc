import type { Failure } from "../../src/engine/record.ts";
import styles from "./card-result.module.css";

/** What to look a failure up by, after its words. */
export function FailureCode({ failure }: { readonly failure: Failure }) {
  return (
    <code className={styles["code"]} data-selectable="">
      {failure.code}
    </code>
  );
}
