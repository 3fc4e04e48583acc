import type { ReactNode } from "react";
import { useRovingRows } from "../ui/roving-rows.ts";
import styles from "./tick-list.module.css";

type TickListProps<Item> = {
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** Of each row, in pixels. */
  readonly rowPx: number;
  /** The row that has the focus, or had it last. */
  readonly current: number;
  readonly onMove: (index: number) => void;
  /** A ref for the element of a row, such as one that hears when it has been in sight. */
  readonly watch?: (key: string) => (element: Element | null) => void;
  readonly row: (item: Item, place: { readonly isCurrent: boolean; onFocus(): void }) => ReactNode;
};

/** Things to tick and act on, walked through by keys. Only the rows in sight are drawn, and none is ever cut. */
export function TickList<Item>(props: TickListProps<Item>) {
  const { label, items, keyOf, rowPx, current, onMove, watch, row } = props;
  const rows = useRovingRows(items.length, rowPx, current, onMove);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot scroll in every browser
    <div
      ref={rows.ref}
      role="group"
      className={styles["list"]}
      style={{ "--row": `${rowPx}px` } as object}
      aria-label={label}
      onKeyDown={rows.onKeyDown}
    >
      <div className={styles["rows"]} style={{ height: items.length * rowPx }}>
        {items.slice(rows.from, rows.to).map((item, offset) => {
          const index = rows.from + offset;
          return (
            <div
              key={keyOf(item)}
              ref={watch?.(keyOf(item))}
              data-row={index}
              className={styles["row"]}
              style={{ transform: `translateY(${index * rowPx}px)` }}
            >
              {row(item, { isCurrent: index === current, onFocus: () => rows.onFocus(index) })}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** What stands above such a list: how many are ticked, and buttons. */
export function TickHead({ children }: { readonly children: ReactNode }) {
  return <div className={styles["head"]}>{children}</div>;
}

type TickProps = {
  readonly label: string;
  readonly checked: boolean;
  /** It can have the focus, and not be ticked. */
  readonly isHeld?: boolean;
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
  readonly onChange: (ticked: boolean) => void;
};

export function Tick({ label, checked, isHeld = false, isCurrent, onFocus, onChange }: TickProps) {
  return (
    <label className={styles["tick"]}>
      <input
        type="checkbox"
        aria-label={label}
        checked={checked}
        aria-disabled={isHeld}
        tabIndex={isCurrent ? 0 : -1}
        onFocus={onFocus}
        onChange={(event) => {
          if (!isHeld) onChange(event.target.checked);
        }}
      />
    </label>
  );
}
