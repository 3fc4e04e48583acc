import { useState } from "react";
import { documentsStore } from "../stores/documents.ts";
import { graphStore } from "../stores/graph.ts";
import { closeOverlay, useShell } from "../stores/shell.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/text-field.tsx";
import styles from "./open-dialog.module.css";

export function SaveAsDialog() {
  const open = useShell((state) => state.overlay === "save-as");
  return (
    <Dialog
      open={open}
      onClose={closeOverlay}
      title="Save as"
      description="A copy under a new name. The graph you have open stays as it was last kept."
    >
      {open && <NameForm />}
    </Dialog>
  );
}

function NameForm() {
  const [name, setName] = useState(() => `${graphStore.getState().graph?.name ?? "Untitled"} copy`);
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
        aria-label="Name"
        autoFocus
        value={name}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
      />
      <div className={styles["buttons"]}>
        <Button onClick={closeOverlay}>Cancel</Button>
        <Button type="submit" look="primary" disabled={trimmed === ""}>
          Save
        </Button>
      </div>
    </form>
  );
}
