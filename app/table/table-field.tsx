import { Maximize2 } from "lucide-react";
import type { Table } from "../../src/graph/describe/table.ts";
import { PortGlyph } from "../node-look/port-glyph.tsx";
import { useNodeView } from "../stores/graph-view.ts";
import { openTable } from "../stores/shell.ts";
import { Button } from "../ui/button.tsx";
import { count } from "../words/words.ts";
import { CellView } from "./cell-view.tsx";
import { cellAt } from "./table-edits.ts";
import styles from "./table-field.module.css";
import { EmptyTable, TablePlace } from "./table-place.tsx";

/** What a card has room for. */
const ROWS_SHOWN = 4;
const COLUMNS_SHOWN = 3;

/** A Table on its card: the first rows, how many there are, and the way to all of them. */
export function TableField({ nodeId }: { readonly nodeId: string }) {
  const table = useNodeView(nodeId)?.description?.tableAsWritten;
  if (!table) return null;
  return (
    <TablePlace nodeId={nodeId}>
      {table.columns.length === 0 ? (
        <EmptyTable nodeId={nodeId} />
      ) : (
        <Preview nodeId={nodeId} table={table} />
      )}
    </TablePlace>
  );
}

function Preview({ nodeId, table }: { readonly nodeId: string; readonly table: Table }) {
  const shown = shownColumns(table);
  const more = table.columns.length - shown.length;
  const typeOf = (column: number) => table.columns[column]?.type ?? "text";
  const open = () => openTable(nodeId);
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a second way; the button below does the same */}
      <div className={styles["preview"]} onDoubleClick={open}>
        <table>
          <thead>
            <tr>
              {shown.map((column) => (
                <th key={column}>
                  <span>
                    <PortGlyph type={typeOf(column)} filled />
                    {table.columns[column]?.name}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.slice(0, ROWS_SHOWN).map(({ key }, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: keys may be twice until somebody mends that
              <tr key={row} title={key}>
                {shown.map((column) => (
                  <td key={column}>
                    <CellView cell={cellAt(table, row, column)} type={typeOf(column)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles["foot"]}>
        <span>
          {count(table.rows.length, "row")}
          {more > 0 && ` · ${count(more, "more column")}`}
        </span>
        <Button size="small" look="quiet" onClick={open}>
          <Maximize2 size={12} />
          Edit
        </Button>
      </div>
    </>
  );
}

/** The first few; a column of pictures is among them if there is one. */
function shownColumns({ columns }: Table): readonly number[] {
  const first = columns.map((_, index) => index).slice(0, COLUMNS_SHOWN);
  const picture = columns.findIndex(({ type }) => type === "image" || type === "video");
  return picture < first.length ? first : [...first.slice(0, -1), picture];
}
