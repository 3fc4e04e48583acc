import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

/** Drawn above and below what is in sight, so that a turn of the wheel shows no gap. */
const SPARE_ROWS = 8;

export type WindowedRows = {
  /** Of the element that scrolls. */
  readonly ref: RefObject<HTMLDivElement | null>;
  /** The first row to draw, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Brings a row into sight by the shortest way. */
  show(row: number): void;
};

/**
 * Which of many rows of one height are in sight, so that only those are drawn.
 *
 * @param headHeight of a sticky head inside the scrolling element, in pixels.
 */
export function useWindowedRows(count: number, rowHeight: number, headHeight = 0): WindowedRows {
  const ref = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ from: 0, to: 24 });
  useLayoutEffect(() => {
    const list = ref.current;
    if (!list) return;
    const look = () => {
      const from = Math.max(0, Math.floor(list.scrollTop / rowHeight) - SPARE_ROWS);
      const to = Math.ceil((list.scrollTop + list.clientHeight) / rowHeight) + SPARE_ROWS;
      setSeen((before) => (before.from === from && before.to === to ? before : { from, to }));
    };
    look();
    const sized = new ResizeObserver(look);
    sized.observe(list);
    list.addEventListener("scroll", look, { passive: true });
    return () => {
      sized.disconnect();
      list.removeEventListener("scroll", look);
    };
  }, [rowHeight]);
  const show = useCallback(
    (row: number) => {
      const list = ref.current;
      if (!list) return;
      const top = row * rowHeight;
      const room = list.clientHeight - headHeight;
      if (top < list.scrollTop) list.scrollTop = top;
      else if (top + rowHeight > list.scrollTop + room) list.scrollTop = top + rowHeight - room;
    },
    [rowHeight, headHeight],
  );
  return { ref, from: Math.min(seen.from, count), to: Math.min(seen.to, count), show };
}
