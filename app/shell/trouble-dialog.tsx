import { useDocuments } from "../stores/documents.ts";
import { openOverlay } from "../stores/shell.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { say, t } from "../words/words.ts";
import { exportFile } from "./actions.ts";
import styles from "./trouble-dialog.module.css";

/** The library does not take the graph; a file would. */
const ofTheLibrary: ReadonlySet<string> = new Set([
  ...["disk-full", "read-only", "no-access", "damaged", "busy", "broken", "NOT_KEPT"],
]);

/** Something asked for did not happen: what, why, and what to do. The document on screen is untouched. */
export function TroubleDialog() {
  const trouble = useDocuments((state) => state.trouble);
  const dismiss = useDocuments((state) => state.dismissTrouble);
  return (
    <Dialog
      open={trouble !== undefined}
      onClose={dismiss}
      title={trouble?.title ?? ""}
      footer={
        <>
          {trouble && ofTheLibrary.has(trouble.code) && (
            <Button onClick={() => void exportFile()}>{t("shell.exportGraph")}</Button>
          )}
          {trouble?.code.startsWith("key-") && (
            <Button
              onClick={() => {
                dismiss();
                openOverlay("settings");
              }}
            >
              {t("shell.openSettings")}
            </Button>
          )}
          <Button look="primary" onClick={dismiss}>
            {t("shell.close")}
          </Button>
        </>
      }
    >
      {trouble && (
        <div className={styles["trouble"]} data-selectable>
          <p>{say(trouble.message)}</p>
          <p className={styles["remedy"]}>{say(trouble.remedy)}</p>
          <code>{trouble.code}</code>
        </div>
      )}
    </Dialog>
  );
}
