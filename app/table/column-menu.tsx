import { ArrowLeft, ArrowRight, KeyRound, PenLine, Plus, Trash2 } from "lucide-react";
import type { Table } from "../../src/graph/describe/table.ts";
import { columnTypeLabels, columnTypes } from "../../src/nodes/table/definition.ts";
import { MenuAt, type MenuEntry } from "../ui/menu.tsx";
import { toast } from "../ui/toasts.tsx";
import { editTable } from "./edit-table.ts";
import { columnKeys } from "./table-edits.ts";

export type ColumnMenu = {
  readonly at: { readonly x: number; readonly y: number };
  readonly entries: readonly MenuEntry[];
};

/** What can be done with a column. */
export function columnMenu(of: {
  readonly nodeId: string;
  readonly table: Table;
  readonly column: number;
  readonly at: { readonly x: number; readonly y: number };
  readonly onRename: () => void;
  readonly onAdd: (at: number) => void;
}): ColumnMenu {
  const { nodeId, table, column, at, onRename, onAdd } = of;
  const { type } = table.columns[column] ?? {};
  const moved = (by: number) => editTable(nodeId, { type: "move-column", column, by });
  return {
    at,
    entries: [
      { kind: "item", label: "Rename", icon: <PenLine size={14} />, keys: "F2", onSelect: onRename },
      { kind: "separator" },
      { kind: "heading", label: "Type" },
      ...columnTypes.map(
        (columnType): MenuEntry => ({
          kind: "item",
          label: columnTypeLabels[columnType],
          checked: type === columnType,
          onSelect: () => editTable(nodeId, { type: "retype-column", column, columnType }),
        }),
      ),
      { kind: "separator" },
      {
        kind: "item",
        label: "Move left",
        icon: <ArrowLeft size={14} />,
        disabled: column === 0,
        onSelect: () => moved(-1),
      },
      {
        kind: "item",
        label: "Move right",
        icon: <ArrowRight size={14} />,
        disabled: column === table.columns.length - 1,
        onSelect: () => moved(1),
      },
      {
        kind: "item",
        label: "Add a column after it",
        icon: <Plus size={14} />,
        onSelect: () => onAdd(column + 1),
      },
      {
        kind: "item",
        label: "Name rows by it",
        icon: <KeyRound size={14} />,
        disabled: table.rows.length === 0,
        onSelect: () => nameRowsBy(nodeId, table, column),
      },
      { kind: "separator" },
      {
        kind: "item",
        label: "Remove column",
        icon: <Trash2 size={14} />,
        danger: true,
        onSelect: () => editTable(nodeId, { type: "remove-column", column }),
      },
    ],
  };
}

function nameRowsBy(nodeId: string, table: Table, column: number): void {
  const found = columnKeys(table, column);
  if (found.ok) editTable(nodeId, { type: "keys-from", column });
  else
    toast({
      title: "The rows keep their names.",
      description: `“${table.columns[column]?.name}” ${found.why}. Give each row a value of its own there first.`,
      look: "danger",
    });
}

export function ColumnMenuAt({
  menu,
  onClose,
}: {
  readonly menu: ColumnMenu | undefined;
  readonly onClose: () => void;
}) {
  return <MenuAt at={menu?.at} entries={menu?.entries ?? []} onClose={onClose} />;
}
