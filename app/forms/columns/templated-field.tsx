import {
  type ComponentProps,
  createContext,
  type KeyboardEvent,
  useContext,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";
import { useStore } from "zustand";
import { PortGlyph } from "../../node-look/port-glyph.tsx";
import { graphViewStore } from "../../stores/graph-view.ts";
import { writeInto } from "../../ui/field-undo.ts";
import popup from "../../ui/popup.module.css";
import { TextArea, TextField } from "../../ui/text-field.tsx";
import { columnsFor, completed, firstFilled, openMark } from "./column-text.ts";
import styles from "./templated-field.module.css";

/** The node whose fields are drawn, so that a text field knows which columns it may name. */
export const FieldNode = createContext<string | undefined>(undefined);

/** Whether `{{column}}` counts in this field. */
function useIsTemplated(path: string): string | undefined {
  const nodeId = useContext(FieldNode);
  const templated = useStore(
    graphViewStore,
    ({ nodes }) => nodeId !== undefined && nodes.get(nodeId)?.description?.templated.includes(path),
  );
  return templated ? nodeId : undefined;
}

type Base<Tag extends "textarea" | "input"> = Omit<
  ComponentProps<Tag>,
  "value" | "onChange" | "size" | "ref"
> & {
  /** The param's name. */
  readonly path: string;
  readonly value: string;
  readonly onText: (text: string) => void;
};

export function TemplatedTextArea({ path, value, onText, ...props }: Base<"textarea">) {
  const field = useColumnMenu<HTMLTextAreaElement>(path, value, onText);
  return (
    <>
      <TextArea {...props} {...field.props} value={value} />
      {field.menu}
    </>
  );
}

export function TemplatedTextField({ path, value, onText, ...props }: Base<"input">) {
  const field = useColumnMenu<HTMLInputElement>(path, value, onText);
  return (
    <>
      <TextField {...props} {...field.props} value={value} />
      {field.menu}
    </>
  );
}

/** The columns to choose from while `{{` is being written, and the text as the first item gets it. */
function useColumnMenu<Element extends HTMLTextAreaElement | HTMLInputElement>(
  path: string,
  value: string,
  onText: (text: string) => void,
) {
  const nodeId = useIsTemplated(path);
  const ref = useRef<Element>(null);
  const id = useId();
  const [caret, setCaret] = useState<number>();
  const [chosen, setChosen] = useState(0);
  const mark = nodeId === undefined || caret === undefined ? undefined : openMark(value, caret);
  const index = useStore(graphViewStore, (state) => state.index);
  const offered = useMemo(
    () => (mark && index && nodeId !== undefined ? columnsFor(index, nodeId) : []),
    [mark, index, nodeId],
  );
  const typed = mark?.typed.toLowerCase() ?? "";
  const columns = offered.filter(({ name }) => name.toLowerCase().includes(typed));
  const isOpen = mark !== undefined && columns.length > 0;
  const at = Math.min(chosen, columns.length - 1);

  const take = (name: string) => {
    if (caret === undefined) return;
    const next = completed(value, caret, name);
    ref.current?.focus();
    if (ref.current) writeInto(ref.current, next.text, next.caret);
    setCaret(undefined);
    setChosen(0);
  };
  const look = (element: Element) => {
    setCaret(element.selectionStart ?? undefined);
    setChosen(0);
  };
  const onKeyDown = (event: KeyboardEvent<Element>) => {
    if (!isOpen) return;
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => setChosen((at + 1) % columns.length),
      ArrowUp: () => setChosen((at - 1 + columns.length) % columns.length),
      Enter: () => take(columns[at]?.name ?? ""),
      Tab: () => take(columns[at]?.name ?? ""),
      Escape: () => setCaret(undefined),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  return {
    props: {
      ref,
      onChange: ({ currentTarget }: { readonly currentTarget: Element }) => {
        onText(currentTarget.value);
        look(currentTarget);
      },
      ...(nodeId === undefined
        ? {}
        : {
            onKeyDown,
            onBlur: () => setCaret(undefined),
            onClick: ({ currentTarget }: { readonly currentTarget: Element }) => look(currentTarget),
            "aria-autocomplete": "list" as const,
            "aria-controls": isOpen ? id : undefined,
            "aria-activedescendant": isOpen ? `${id}-${at}` : undefined,
          }),
    },
    menu: (
      <>
        {isOpen && ref.current && (
          <ColumnMenu id={id} field={ref.current} columns={columns} at={at} onTake={take} />
        )}
        {nodeId !== undefined && <FirstFilled nodeId={nodeId} path={path} />}
      </>
    ),
  };
}

type ColumnMenuProps = {
  readonly id: string;
  readonly field: HTMLElement;
  readonly columns: ReturnType<typeof columnsFor>;
  readonly at: number;
  readonly onTake: (name: string) => void;
};

function ColumnMenu({ id, field, columns, at, onTake }: ColumnMenuProps) {
  const { left, bottom, width } = field.getBoundingClientRect();
  return createPortal(
    <div
      id={id}
      role="listbox"
      tabIndex={-1}
      aria-label="Columns"
      className={`${popup["popup"]} ${styles["menu"]}`}
      style={{ left, top: bottom + 2, minWidth: Math.min(width, 240) }}
    >
      {columns.map(({ name, type, table }, index) => (
        <div
          key={name}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          className={popup["item"]}
          data-highlighted={index === at ? "" : undefined}
          // The field keeps the focus: a press must not blur it first.
          onPointerDown={(event) => {
            event.preventDefault();
            onTake(name);
          }}
        >
          <PortGlyph type={type} filled />
          <span className={popup["label"]}>{name}</span>
          {table && <span className={styles["table"]}>{table}</span>}
        </div>
      ))}
    </div>,
    document.body,
  );
}

/** What the first row makes of the text. */
function FirstFilled({ nodeId, path }: { readonly nodeId: string; readonly path: string }) {
  const index = useStore(graphViewStore, (state) => state.index);
  const filled = useMemo(() => index && firstFilled(index, nodeId, path), [index, nodeId, path]);
  if (!filled) return null;
  return (
    <p className={styles["filled"]} title={filled.text}>
      <b>{filled.keys.join(" · ")}</b> {filled.text}
    </p>
  );
}
