import type { FileChoice } from "../../src/studio/contract.ts";
import { documentsStore, useDocuments } from "../stores/documents.ts";
import { useGraph } from "../stores/graph.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { t } from "../words/words.ts";
import { save, saveAs } from "./actions.ts";

/** Asked before a file is written over that somebody else has changed since it was opened or saved here. */
export function ChangedFileDialog() {
  const changed = useDocuments((state) => state.changedFile);
  const name = useGraph((state) => state.graph?.name);
  const close = documentsStore.getState().dismissChangedFile;
  const choose = (act: FileChoice["act"]) => {
    if (changed) void save({ seen: changed.seen, act });
  };
  return (
    <Dialog
      open={changed !== undefined}
      onClose={close}
      title={t("shell.fileChanged", { file: changed?.fileName ?? "" })}
      description={
        changed?.canJoin === false
          ? t("shell.fileNoGraph", { name: name ?? "" })
          : t("shell.fileNotAsLeft", { name: name ?? "" })
      }
      footer={
        <>
          <Button onClick={close}>{t("shell.cancel")}</Button>
          <Button
            onClick={() => {
              close();
              saveAs();
            }}
          >
            {t("shell.saveAsEllipsis")}
          </Button>
          <Button look="danger" onClick={() => choose("overwrite")}>
            {t("shell.writeOver")}
          </Button>
          {changed?.canJoin && (
            <Button look="primary" onClick={() => choose("join")}>
              {t("shell.joinAndSave")}
            </Button>
          )}
        </>
      }
    />
  );
}
