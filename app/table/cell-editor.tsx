import { type KeyboardEvent, useLayoutEffect, useRef } from "react";
import type { Motion } from "./grid-places.ts";
import styles from "./table-grid.module.css";

export type CellEditorProps = {
  readonly label: string;
  readonly text: string;
  /** Names and keys are one line; Shift+Enter makes a new one elsewhere. */
  readonly isLine: boolean;
  /** `next` is where to go on, where a key said so. */
  readonly onDone: (text: string, next?: Motion) => void;
  readonly onGiveUp: () => void;
};

/** The field over a cell while it is written in. */
export function CellEditor({ label, text, isLine, onDone, onGiveUp }: CellEditorProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const isOver = useRef(false);
  useLayoutEffect(() => {
    const element = field.current;
    element?.focus({ preventScroll: true });
    element?.setSelectionRange(element.value.length, element.value.length);
  }, []);
  const end = (act: () => void) => {
    if (isOver.current) return;
    isOver.current = true;
    act();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    event.stopPropagation();
    const { value } = event.currentTarget;
    if (event.key === "Escape") {
      event.preventDefault();
      end(onGiveUp);
    } else if (event.key === "Enter" && (isLine || !event.shiftKey)) {
      event.preventDefault();
      end(() => onDone(value, isLine && label !== "Cell" ? undefined : "down"));
    } else if (event.key === "Tab") {
      event.preventDefault();
      end(() => onDone(value, event.shiftKey ? "previous" : "next"));
    }
  };
  return (
    <textarea
      ref={field}
      className={styles["editor"]}
      aria-label={label}
      rows={1}
      spellCheck={false}
      defaultValue={text}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onBlur={({ currentTarget }) => end(() => onDone(currentTarget.value))}
    />
  );
}
