import { type KeyboardEvent, useEffect, useRef } from "react";
import { useWindowedRows, type WindowedRows } from "./windowed-rows.ts";

export type RovingRows = WindowedRows & {
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** The field or button of a row has the focus now, by whatever way. */
  readonly onFocus: (row: number) => void;
};

/**
 * Windowed rows that one tab stop leads into and the arrow keys walk through. A row is marked by `data-row`; its first
 * field or button takes the focus.
 *
 * @param current the row that has the focus, or had it last.
 */
export function useRovingRows(
  count: number,
  rowHeight: number,
  current: number,
  onMove: (row: number) => void,
): RovingRows {
  const rows = useWindowedRows(count, rowHeight);
  const { show, ref } = rows;
  /** A row that is moved to is drawn, and can have the focus, only once it is in sight. */
  const wantsFocus = useRef(true);
  useEffect(() => {
    // The row that had the focus may not be drawn any more after this.
    if (ref.current?.contains(document.activeElement)) wantsFocus.current = true;
    show(current);
  }, [current, show, ref]);
  useEffect(() => {
    if (!wantsFocus.current) return;
    const target = ref.current?.querySelector<HTMLElement>(`[data-row="${current}"] :is(input, button)`);
    if (!target) return;
    wantsFocus.current = false;
    target.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const room = Math.max(1, Math.floor((ref.current?.clientHeight ?? rowHeight) / rowHeight));
    const steps: { readonly [key: string]: number } = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + room,
      PageUp: current - room,
      Home: 0,
      End: count - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    wantsFocus.current = true;
    onMove(Math.min(count - 1, Math.max(0, to)));
  };
  const onFocus = (row: number) => {
    if (!wantsFocus.current) onMove(row);
  };
  return { ...rows, onKeyDown, onFocus };
}
