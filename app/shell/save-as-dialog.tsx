import { useState } from "react";
import { documentsStore } from "../stores/documents.ts";
import { graphStore } from "../stores/graph.ts";
import { closeOverlay, useShell } from "../stores/shell.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/text-field.tsx";
import { t } from "../words/words.ts";
import styles from "./open-dialog.module.css";

export function SaveAsDialog() {
  const open = useShell((state) => state.overlay === "save-as");
  return (
    <Dialog open={open} onClose={closeOverlay} title={t("shell.saveAs")} description={t("shell.saveAsText")}>
      {open && <NameForm />}
    </Dialog>
  );
}

function NameForm() {
  const [name, setName] = useState(() =>
    t("shell.copyOf", { name: graphStore.getState().graph?.name ?? t("shell.untitled") }),
  );
  const trimmed = name.trim();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (trimmed === "") return;
        closeOverlay();
        void documentsStore.getState().saveAs(trimmed);
      }}
    >
      <TextField
        aria-label={t("shell.name")}
        autoFocus
        value={name}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
      />
      <div className={styles["buttons"]}>
        <Button onClick={closeOverlay}>{t("shell.cancel")}</Button>
        <Button type="submit" look="primary" disabled={trimmed === ""}>
          {t("shell.save")}
        </Button>
      </div>
    </form>
  );
}
