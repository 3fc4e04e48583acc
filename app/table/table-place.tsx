import { FileSpreadsheet, FolderOpen, Rows3, X } from "lucide-react";
import { type DragEvent, type ReactNode, useState } from "react";
import type { Table } from "../../src/graph/describe/table.ts";
import { chooseFiles, droppedFiles } from "../stores/chosen-files.ts";
import { useCommands } from "../stores/commands.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { count, told } from "../words/words.ts";
import { replaceTable } from "./edit-table.ts";
import { importFiles } from "./import-flow.ts";
import { dismissImport, useImport } from "./import-state.ts";
import styles from "./table-place.module.css";

/** Picks a file of rows or a folder of media and takes it into a Table. */
export function useTableImport(nodeId: string): {
  file(): Promise<void>;
  folder(): Promise<void>;
  files(files: readonly File[]): Promise<void>;
} {
  const { importFile } = useCommands();
  const files = (given: readonly File[]) =>
    given.length > 0 ? importFiles(nodeId, given, importFile) : Promise.resolve();
  return {
    file: async () => files(await chooseFiles({ accept: ".csv,.tsv,.txt,.json,text/csv,application/json" })),
    folder: async () => files(await chooseFiles({ folder: true })),
    files,
  };
}

export type TablePlaceProps = {
  readonly nodeId: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
};

/** Where files of rows, media and folders may be dropped for a Table, and where is told what became of them. */
export function TablePlace({ nodeId, className, children }: TablePlaceProps) {
  const { files } = useTableImport(nodeId);
  const [over, setOver] = useState(false);
  const isForUs = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes("Files");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop target; buttons inside do the same
    <div
      className={`${styles["place"]} ${className ?? ""}`}
      data-takes-tables
      data-over={over ? "" : undefined}
      onDragOver={(event) => {
        if (!isForUs(event)) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        if (!isForUs(event)) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        void droppedFiles(event.dataTransfer).then(files);
      }}
    >
      <ImportProgress nodeId={nodeId} />
      {children}
    </div>
  );
}

/** What stands for a table that holds nothing. */
export function EmptyTable({ nodeId }: { readonly nodeId: string }) {
  const { file, folder } = useTableImport(nodeId);
  return (
    <div className={styles["empty"]}>
      <p>
        One row for each thing to make. Wire a column to a node, or write <code>{"{{column}}"}</code> in a
        prompt, and it runs once per row.
      </p>
      <div className={styles["choices"]}>
        <Button size="small" onClick={() => void file()}>
          <FileSpreadsheet size={13} />
          CSV, JSON
        </Button>
        <Button size="small" onClick={() => void folder()}>
          <FolderOpen size={13} />
          Folder
        </Button>
        <Button size="small" onClick={() => replaceTable(nodeId, blank)}>
          <Rows3 size={13} />
          Blank
        </Button>
      </div>
    </div>
  );
}

const blank: Table = {
  columns: [{ name: "subject", type: "text" }],
  rows: [
    { key: "1", cells: {} },
    { key: "2", cells: {} },
    { key: "3", cells: {} },
  ],
};

function ImportProgress({ nodeId }: { readonly nodeId: string }) {
  const state = useImport(nodeId);
  if (!state) return null;
  switch (state.kind) {
    case "taking": {
      const { done, total, fraction, cancel } = state;
      const whole = total === 0 ? 1 : (done + fraction) / total;
      return (
        <div className={styles["taking"]} role="status">
          <div
            className={styles["track"]}
            role="progressbar"
            aria-label="Taking files in"
            aria-valuenow={Math.round(whole * 100)}
          >
            <span style={{ transform: `scaleX(${whole})` }} />
          </div>
          <span>
            File {Math.min(done + 1, total).toLocaleString("en")} of {total.toLocaleString("en")}
          </span>
          <Button size="small" onClick={cancel}>
            Cancel
          </Button>
        </div>
      );
    }
    case "wants-files":
      return (
        <div className={styles["asking"]} role="alert">
          <p>
            “{state.columns.join("”, “")}” {state.columns.length === 1 ? "names" : "name"}{" "}
            {count(state.wanted, "file")};{" "}
            {state.missing.length === state.wanted ? "none" : state.missing.length}{" "}
            {state.missing.length === state.wanted
              ? "came along."
              : state.missing.length === 1
                ? `is missing (${state.missing[0]?.where}: ${state.missing[0]?.path}).`
                : `are missing, first ${state.missing[0]?.path} (${state.missing[0]?.where}).`}
          </p>
          <div className={styles["choices"]}>
            <Button
              size="small"
              look="primary"
              onClick={() =>
                void chooseFiles({ folder: true }).then((more) => more.length > 0 && state.goOn(more))
              }
            >
              Choose their folder
            </Button>
            <Button size="small" onClick={state.asText}>
              Take as text
            </Button>
            <Button size="small" look="quiet" onClick={() => dismissImport(nodeId)}>
              Cancel
            </Button>
          </div>
        </div>
      );
    case "refused": {
      const { title, faults } = state;
      return (
        <div className={styles["refused"]} role="alert">
          <p className={styles["title"]}>
            <span>{title}</span>
            <IconButton label="Dismiss" size="small" onClick={() => dismissImport(nodeId)}>
              <X size={13} />
            </IconButton>
          </p>
          <ul>
            {faults.map(({ where, message, remedy }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
              <li key={index} data-selectable>
                {where && <b>{where}: </b>}
                {told({ message, remedy })}
              </li>
            ))}
          </ul>
        </div>
      );
    }
    default:
      return state satisfies never;
  }
}
