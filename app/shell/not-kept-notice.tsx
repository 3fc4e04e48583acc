import { documentsStore, useDocuments } from "../stores/documents.ts";
import { Button } from "../ui/button.tsx";
import { exportFile } from "./actions.ts";
import styles from "./not-kept-notice.module.css";

/** Said while the library does not take what a person edits: why, what to do, and how to have the graph all the same. */
export function NotKeptNotice() {
  const notKept = useDocuments((state) => (state.keeping === "kept" ? undefined : state.notKept));
  if (!notKept) return null;
  return (
    <section className={styles["notice"]} role="alert" aria-label="Edits are not kept">
      <p data-selectable>
        <strong>Your latest edits are in this window alone.</strong> {notKept.message} {notKept.remedy}
      </p>
      <Button size="small" look="primary" onClick={() => void exportFile()}>
        Export graph
      </Button>
      <Button size="small" onClick={() => void documentsStore.getState().keepNow()}>
        Try again
      </Button>
    </section>
  );
}
