import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { useRun } from "../stores/run.ts";
import { rowOfItem } from "../stores/run-items.ts";
import { IconButton } from "../ui/button.tsx";
import styles from "./item-picker.module.css";
import { pickNextItem, pickNoItem } from "./pick-item.ts";

/** Which item the cards show: "Item 3 of 20 · red shoe". Nothing for a run without items. */
export function ItemPicker() {
  const items = useRun((state) => state.items);
  const item = useRun((state) => state.item);
  if (!items || items.rows.length < 2) return null;
  const at = item ? rowOfItem(items, item) : -1;
  const total = items.rows.length.toLocaleString("en");
  return (
    <section className={styles["picker"]} aria-label="Item on the cards">
      <IconButton
        size="small"
        label="Previous item"
        keys="["
        side="top"
        className={styles["step"]}
        onClick={() => pickNextItem(-1)}
      >
        <ChevronLeft size={14} />
      </IconButton>
      <span className={styles["words"]} aria-live="polite" title={at < 0 ? undefined : items.rows[at]?.label}>
        {at < 0 ? (
          `All ${total} items`
        ) : (
          <>
            Item {(at + 1).toLocaleString("en")} of {total} · <b>{items.rows[at]?.label}</b>
          </>
        )}
      </span>
      <IconButton
        size="small"
        label="Next item"
        keys="]"
        side="top"
        className={styles["step"]}
        onClick={() => pickNextItem(1)}
      >
        <ChevronRight size={14} />
      </IconButton>
      <span className={styles["clear"]} data-empty={at < 0 ? "" : undefined}>
        <IconButton size="small" label="Show all items" side="top" onClick={pickNoItem}>
          <X size={13} />
        </IconButton>
      </span>
    </section>
  );
}
