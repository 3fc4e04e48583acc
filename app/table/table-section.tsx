import { FileSpreadsheet, FolderOpen, Import, Maximize2 } from "lucide-react";
import { useMemo } from "react";
import type { Table } from "../../src/graph/describe/table.ts";
import { useGraph } from "../stores/graph.ts";
import { useNodeProblems, useNodeView } from "../stores/graph-view.ts";
import { openTable, useShell } from "../stores/shell.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Menu } from "../ui/menu.tsx";
import { count, told } from "../words/words.ts";
import { TableGrid } from "./table-grid.tsx";
import { EmptyTable, TablePlace, useTableImport } from "./table-place.tsx";
import styles from "./table-section.module.css";

/** The rows of a Table in the inspector, editable. */
export function TableSection({ nodeId }: { readonly nodeId: string }) {
  const table = useNodeView(nodeId)?.description?.tableAsWritten;
  if (!table) return null;
  if (table.columns.length === 0)
    return (
      <TablePlace nodeId={nodeId}>
        <EmptyTable nodeId={nodeId} />
      </TablePlace>
    );
  return (
    <TablePlace nodeId={nodeId}>
      <div className={styles["bar"]}>
        <span>{sizeOf(table)}</span>
        <ImportMenu nodeId={nodeId} />
        <IconButton label="Edit in a larger view" size="small" onClick={() => openTable(nodeId)}>
          <Maximize2 size={13} />
        </IconButton>
      </div>
      <div className={styles["small"]}>
        <Grid nodeId={nodeId} table={table} width="small" />
      </div>
      <Faults nodeId={nodeId} />
    </TablePlace>
  );
}

/** The large editor. Mounted once. */
export function TableDialog() {
  const nodeId = useShell(({ table }) => table);
  const title = useGraph(({ graph }) => graph?.nodes.find(({ id }) => id === nodeId)?.data.title) ?? "Table";
  return (
    <Dialog open={nodeId !== undefined} onClose={() => openTable(undefined)} title={title} full>
      {nodeId !== undefined && <Large nodeId={nodeId} />}
    </Dialog>
  );
}

function Large({ nodeId }: { readonly nodeId: string }) {
  const table = useNodeView(nodeId)?.description?.tableAsWritten;
  if (!table) return <p>The table is gone.</p>;
  return (
    <TablePlace nodeId={nodeId} className={styles["large"]}>
      <div className={styles["bar"]}>
        <span>{sizeOf(table)}</span>
        <ImportMenu nodeId={nodeId} />
      </div>
      {table.columns.length === 0 ? (
        <EmptyTable nodeId={nodeId} />
      ) : (
        <div className={styles["fill"]}>
          <Grid nodeId={nodeId} table={table} width="large" />
        </div>
      )}
      <Faults nodeId={nodeId} />
      <p className={styles["help"]}>
        Enter writes, Delete clears a cell or removes a chosen row, Alt+↑ and Alt+↓ move rows. Cells go to and
        from a spreadsheet by copy and paste.
      </p>
    </TablePlace>
  );
}

type GridProps = {
  readonly nodeId: string;
  readonly table: Table;
  readonly width: "small" | "large";
};

function Grid({ nodeId, table, width }: GridProps) {
  const problems = useNodeProblems(nodeId);
  const faults = useMemo(
    () => new Map(problems.map((problem) => [problem.param ?? "", told(problem)])),
    [problems],
  );
  return <TableGrid nodeId={nodeId} table={table} faults={faults} width={width} />;
}

const FAULTS_SHOWN = 3;

/** The first few in words; the cells themselves are marked. */
function Faults({ nodeId }: { readonly nodeId: string }) {
  const problems = useNodeProblems(nodeId).filter(({ param }) => param !== undefined);
  const more = problems.length - FAULTS_SHOWN;
  return (
    <>
      {problems.slice(0, FAULTS_SHOWN).map((problem) => (
        <p key={told(problem)} className={styles["fault"]} data-severity={problem.severity}>
          {told(problem)}
        </p>
      ))}
      {more > 0 && <p className={styles["fault"]}>And {more} more of the kind.</p>}
    </>
  );
}

function ImportMenu({ nodeId }: { readonly nodeId: string }) {
  const { file, folder } = useTableImport(nodeId);
  return (
    <Menu
      align="end"
      trigger={
        <Button size="small">
          <Import size={13} />
          Import
        </Button>
      }
      entries={[
        {
          kind: "item",
          label: "CSV or JSON…",
          detail: "Its rows replace those here; the same rows keep their results.",
          icon: <FileSpreadsheet size={14} />,
          onSelect: () => void file(),
        },
        {
          kind: "item",
          label: "Folder of files…",
          detail: "Adds a row for each picture, video or sound.",
          icon: <FolderOpen size={14} />,
          onSelect: () => void folder(),
        },
      ]}
    />
  );
}

function sizeOf({ rows, columns }: Table): string {
  return `${count(rows.length, "row")} · ${count(columns.length, "column")}`;
}
