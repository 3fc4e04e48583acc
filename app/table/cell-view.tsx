import { AudioLines } from "lucide-react";
import { memo } from "react";
import type { TableColumn } from "../../src/graph/describe/table.ts";
import { posterUrl } from "../stores/media-urls.ts";
import type { Cell } from "./table-edits.ts";
import styles from "./table-grid.module.css";

export type CellViewProps = { readonly cell: Cell | undefined; readonly type: TableColumn["type"] };

/** A text on one line, or a file with its picture. */
export const CellView = memo(function CellView({ cell, type }: CellViewProps) {
  if (typeof cell === "object")
    return (
      <span className={styles["file"]}>
        {cell.kind === "audio" ? (
          <AudioLines size={14} />
        ) : (
          <img className={styles["thumbnail"]} src={posterUrl(cell.sha256)} alt="" loading="lazy" />
        )}
        <span className={styles["text"]}>{cell.name}</span>
      </span>
    );
  if (!cell) return type === "text" ? null : <span className={styles["missing"]}>Choose a file</span>;
  return <span className={styles["text"]}>{cell.replaceAll(/\s+/g, " ")}</span>;
});
