import { FileUp, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import type { DocumentSummary } from "../../src/studio/contract.ts";
import { documentsStore, useDocuments } from "../stores/documents.ts";
import { useGraph } from "../stores/graph.ts";
import { closeOverlay, useShell } from "../stores/shell.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { rank } from "../ui/rank.ts";
import { TextField } from "../ui/text-field.tsx";
import { ago, t } from "../words/words.ts";
import { importFile } from "./actions.ts";
import styles from "./open-dialog.module.css";

/** The graphs of the library, searched as you type, or a file. */
export function OpenDialog() {
  const open = useShell((state) => state.overlay === "open");
  return (
    <Dialog open={open} onClose={closeOverlay} title={t("shell.open")}>
      {open && <Library />}
    </Dialog>
  );
}

function Library() {
  // A graph with nothing in it is one keystroke away; a list of them helps nobody.
  const recent = useDocuments((state) => state.recent).filter(({ nodeCount }) => nodeCount > 0);
  const [search, setSearch] = useState("");
  useEffect(() => void documentsStore.getState().refreshLists(), []);
  const { found } = rank(recent, search);
  const open = (id: string) => {
    closeOverlay();
    void documentsStore.getState().open(id);
  };
  return (
    <>
      <TextField
        type="search"
        aria-label={t("shell.searchGraphs")}
        placeholder={t("shell.searchGraphs")}
        autoFocus
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        onKeyDown={(event) => {
          const [first] = found;
          if (event.key === "Enter" && first) open(first.id);
        }}
      />
      <ul className={styles["list"]} aria-label={t("shell.graphs")}>
        {found.map((document) => (
          <Row key={document.id} document={document} onOpen={open} />
        ))}
      </ul>
      {found.length === 0 && (
        <p className={styles["empty"]}>
          {recent.length === 0 ? t("shell.noGraphs") : t("shell.noGraphCalled", { search })}
        </p>
      )}
      <div className={styles["buttons"]}>
        <Button
          onClick={() => {
            closeOverlay();
            void importFile();
          }}
        >
          <FileUp size={14} />
          {t("shell.fromFile")}
        </Button>
      </div>
    </>
  );
}

function Row({
  document,
  onOpen,
}: {
  readonly document: DocumentSummary;
  readonly onOpen: (id: string) => void;
}) {
  const isOpen = useGraph((state) => state.graph?.id === document.id);
  const [sure, setSure] = useState(false);
  const { id, name, nodeCount, unsaved, fileName, changedAt } = document;
  return (
    <li className={styles["row"]}>
      <button type="button" className={styles["open"]} onClick={() => onOpen(id)}>
        <span className={styles["name"]} translate="no">
          {name}
        </span>
        <span className={styles["when"]}>{ago(changedAt, Date.now())}</span>
        <span className={styles["detail"]}>
          {[
            t("shell.nodeCount", { nodes: nodeCount }),
            ...(fileName ? [fileName] : []),
            ...(unsaved ? [t("shell.unsavedChanges")] : []),
            ...(isOpen ? [t("shell.openNow")] : []),
          ].join(" · ")}
        </span>
      </button>
      {!isOpen &&
        (sure ? (
          <Button
            look="danger"
            size="small"
            autoFocus
            onBlur={() => setSure(false)}
            onClick={() => void documentsStore.getState().remove(id)}
          >
            {t("shell.delete")}
          </Button>
        ) : (
          <IconButton
            size="small"
            label={t("shell.deleteName", { name })}
            className={styles["remove"] ?? ""}
            onClick={() => setSure(true)}
          >
            <Trash2 size={14} />
          </IconButton>
        ))}
    </li>
  );
}
