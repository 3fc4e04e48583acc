import { useState } from "react";
import { flushSync } from "react-dom";
import type { DocumentOrigin } from "../../src/studio/contract.ts";
import { useDocuments } from "../stores/documents.ts";
import { useGraph } from "../stores/graph.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { t } from "../words/words.ts";
import styles from "./graph-name.module.css";

/** Name of the open graph, renamed in place, and how safe it is. */
export function GraphName() {
  const name = useGraph((state) => state.graph?.name ?? "");
  const edit = useGraph((state) => state.edit);
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const accept = () => {
    const next = draft?.trim();
    if (next && next !== name) edit({ type: "rename-graph", name: next });
    setDraft(undefined);
  };
  return (
    <div className={styles["place"]}>
      <label className={styles["grow"]} data-text={draft ?? name}>
        <input
          className={styles["name"]}
          aria-label={t("shell.graphName")}
          spellCheck={false}
          size={1}
          value={draft ?? name}
          onChange={(event) => setDraft(event.target.value)}
          onFocus={(event) => event.target.select()}
          onBlur={accept}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.currentTarget.blur();
            if (event.key !== "Escape") return;
            event.stopPropagation();
            const field = event.currentTarget;
            // Leaving the field accepts the draft, so the draft goes first.
            flushSync(() => setDraft(undefined));
            field.blur();
          }}
        />
      </label>
      <SaveState />
    </div>
  );
}

const originNames = { example: "shell.example", run: "shell.copy" } as const satisfies Readonly<
  Record<DocumentOrigin["kind"], string>
>;

function savedWhere(file: string | undefined, at: number | undefined): string {
  if (at === undefined) return file ? t("shell.inFile", { file }) : t("shell.inLibrary");
  return file ? t("shell.inFileSince", { file, at }) : t("shell.inLibrarySince", { at });
}

function SaveState() {
  const keeping = useDocuments((state) => state.keeping);
  const notKept = useDocuments((state) => state.notKept?.message);
  const saving = useDocuments((state) => state.saving);
  const savedAt = useDocuments((state) => state.savedAt);
  const fileName = useDocuments((state) => state.fileName);
  const unsaved = useGraph((state) => state.unsaved);
  const origin = useDocuments((state) => state.origin);
  const isEmpty = useGraph((state) => (state.graph?.nodes.length ?? 0) === 0);
  // Its room is kept, so that Undo and Redo stay where they are once there is something to keep.
  if (isEmpty && !saving && savedAt === undefined) return <span className={styles["state"]} />;
  const [text, why] = saving
    ? [t("shell.saving"), t("shell.savingWhy")]
    : keeping === "failed"
      ? [t("shell.notKept"), t("shell.notKeptWhy", { why: notKept ?? t("shell.editsNotTaken") })]
      : keeping === "keeping"
        ? [t("shell.keeping"), t("shell.keepingWhy")]
        : origin
          ? [t(originNames[origin.kind]), t("shell.originWhy")]
          : unsaved
            ? [
                savedAt === undefined ? t("shell.notSaved") : t("shell.edited"),
                savedAt === undefined ? t("shell.keptNotSaved") : t("shell.keptSaved", { at: savedAt }),
              ]
            : [t("shell.savedState"), savedWhere(fileName, savedAt)];
  return (
    <Tooltip text={why}>
      <span className={styles["state"]} data-trouble={keeping === "failed" ? "" : undefined} role="status">
        {text}
      </span>
    </Tooltip>
  );
}
