import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import styles from "./virtual-grid.module.css";

type VirtualGridProps = {
  readonly label: string;
  readonly count: number;
  readonly keyOf: (index: number) => string;
  /** A tile: it is given whether Tab reaches it, and must carry `data-tile` on what takes the focus. */
  readonly tile: (index: number, tabIndex: 0 | -1) => ReactNode;
  /** The last row is near. */
  readonly onEnd: () => void;
  readonly onDelete: (index: number) => void;
};

/** Tiles are at least so wide, in pixels. */
const NARROWEST = 84;
const GAP = 8;
/** Room below a tile's picture, in pixels. */
const CAPTION = 22;
/** Rows drawn above and below what is in view. */
const SPARE_ROWS = 2;

/** A grid of squares with captions that draws only what is in view. Arrows, Home, End and the page keys move in it. */
export function VirtualGrid({ label, count, keyOf, tile, onEnd, onDelete }: VirtualGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ width: 0, height: 0, top: 0 });
  const [active, setActive] = useState(0);
  /** Set by a key: the tile takes the focus once it is drawn. */
  const moved = useRef(false);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () =>
      setView({ width: element.clientWidth, height: element.clientHeight, top: element.scrollTop });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const columns = Math.max(1, Math.floor((view.width - GAP) / (NARROWEST + GAP)));
  const size = Math.max(0, (view.width - GAP * (columns + 1)) / columns);
  const rowHeight = size + CAPTION + GAP;
  const rows = Math.ceil(count / columns);
  const focused = Math.min(active, Math.max(0, count - 1));
  const firstRow = Math.max(0, Math.floor(view.top / rowHeight) - SPARE_ROWS);
  const lastRow = Math.min(rows - 1, Math.floor((view.top + view.height) / rowHeight) + SPARE_ROWS);
  const shown = new Set<number>();
  for (let index = firstRow * columns; index < Math.min(count, (lastRow + 1) * columns); index++)
    shown.add(index);
  // Else a tile scrolled out of view would take the focus with it.
  if (count > 0) shown.add(focused);

  useEffect(() => {
    if (view.height > 0 && lastRow >= rows - 1) onEnd();
  }, [lastRow, rows, view.height, onEnd]);

  useLayoutEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-place="${focused}"] [data-tile]`)?.focus();
  }, [focused]);

  const go = (index: number) => {
    const next = Math.max(0, Math.min(count - 1, index));
    const element = scroller.current;
    if (element) {
      const top = Math.floor(next / columns) * rowHeight;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + rowHeight + GAP > element.scrollTop + element.clientHeight)
        element.scrollTop = top + rowHeight + GAP - element.clientHeight;
    }
    moved.current = next !== focused;
    setActive(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(view.height / rowHeight)) * columns;
    const steps: { readonly [key: string]: number } = {
      ArrowLeft: focused - 1,
      ArrowRight: focused + 1,
      ArrowUp: focused - columns,
      ArrowDown: focused + columns,
      PageUp: focused - page,
      PageDown: focused + page,
      Home: 0,
      End: count - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      // A step beyond the first or last row stays in its column.
      const isOut = event.key.startsWith("Arrow") && (to < 0 || to >= count);
      if (!isOut) go(to);
    } else if (event.key === "Delete") {
      event.preventDefault();
      onDelete(focused);
    }
  };

  return (
    <div
      ref={scroller}
      className={styles["scroller"]}
      onScroll={({ currentTarget }) => setView((before) => ({ ...before, top: currentTarget.scrollTop }))}
    >
      <ul
        aria-label={label}
        className={styles["grid"]}
        style={{ height: rows * rowHeight + GAP }}
        onKeyDown={onKeyDown}
      >
        {view.width > 0 &&
          [...shown]
            .toSorted((a, b) => a - b)
            .map((index) => (
              <li
                key={keyOf(index)}
                data-place={index}
                aria-setsize={count}
                aria-posinset={index + 1}
                className={styles["place"]}
                style={{
                  width: size,
                  height: rowHeight - GAP,
                  transform: `translate(${GAP + (index % columns) * (size + GAP)}px, ${Math.floor(index / columns) * rowHeight}px)`,
                }}
                onFocus={() => setActive(index)}
              >
                {tile(index, index === focused ? 0 : -1)}
              </li>
            ))}
      </ul>
    </div>
  );
}
