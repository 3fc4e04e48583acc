import { documentGone } from "../stores/document-sync.ts";
import { documentsStore, useDocuments } from "../stores/documents.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { t, told } from "../words/words.ts";
import { exportFile } from "./actions.ts";

/** Said while the library does not take what a person edits: why, what to do, and how to have the graph all the same. */
export function NotKeptNotice() {
  const notKept = useDocuments((state) => (state.keeping === "kept" ? undefined : state.notKept));
  if (!notKept) return null;
  const isGone = notKept.code === documentGone;
  return (
    <Notice
      role="alert"
      label={t("shell.editsNotKept")}
      actions={
        <>
          {isGone && (
            <Button size="small" look="primary" onClick={() => void documentsStore.getState().keepAgain()}>
              {t("shell.keepAgain")}
            </Button>
          )}
          <Button size="small" look={isGone ? "plain" : "primary"} onClick={() => void exportFile()}>
            {t("shell.exportGraph")}
          </Button>
          {!isGone && (
            <Button size="small" onClick={() => void documentsStore.getState().keepNow()}>
              {t("shell.tryAgain")}
            </Button>
          )}
        </>
      }
    >
      <strong>{isGone ? t("shell.graphHereAlone") : t("shell.editsHereAlone")}</strong> {told(notKept)}
    </Notice>
  );
}
