import { findShortcut } from "./key-names.ts";

/** What a text field said, and what was marked in it. */
type Snapshot = { readonly value: string; readonly start: number; readonly end: number };

/** A run of typing goes on while one of these follows the other; everything else begins a step. */
type Kind = "word" | "space" | "delete" | "other";

type Memory = {
  readonly past: Snapshot[];
  readonly future: Snapshot[];
  /** After the last input; a field that says something else was changed from outside, and its past is not its own. */
  value: string;
  caret: number | null;
  kind: Kind;
  composing: boolean;
};

type TextField = HTMLInputElement | HTMLTextAreaElement;

const memories = new WeakMap<TextField, Memory>();

/** Older steps are forgotten. */
const MOST_STEPS = 500;

const steps = new Map([
  ["Mod+Z", "undo"],
  ["Mod+Shift+Z", "redo"],
  ["Mod+Y", "redo"],
] as const);

/**
 * Undo inside of text fields goes by words, as in editors: browsers take back all that was typed in one go. Held once
 * for all fields; the text travels as if it had been typed, so every field hears of it the way it hears of typing.
 *
 * @returns stops it
 */
export function undoFieldsByWords(): () => void {
  const onBeforeInput = (event: InputEvent) => {
    const field = textFieldOf(event.target);
    if (!field) return;
    if (event.inputType === "historyUndo" || event.inputType === "historyRedo") {
      event.preventDefault();
      travel(field, event.inputType === "historyUndo" ? "undo" : "redo");
      return;
    }
    const memory = memoryOf(field);
    if (memory.composing) return;
    const kind = kindOf(event);
    if (beginsStep(field, memory, kind)) remember(field, memory);
    memory.kind = kind;
  };
  const onInput = (event: Event) => {
    const field = textFieldOf(event.target);
    const memory = field && memories.get(field);
    if (!memory) return;
    memory.value = field.value;
    memory.caret = field.selectionStart;
  };
  const onComposition = (event: CompositionEvent) => {
    const field = textFieldOf(event.target);
    if (!field) return;
    const memory = memoryOf(field);
    if (event.type === "compositionstart") remember(field, memory);
    memory.composing = event.type === "compositionstart";
    memory.kind = "other";
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const field = textFieldOf(event.target);
    const step = field && findShortcut(event, steps)?.meaning;
    if (!step) return;
    event.preventDefault();
    travel(field, step);
  };
  const options = { capture: true };
  window.addEventListener("beforeinput", onBeforeInput, options);
  window.addEventListener("input", onInput, options);
  window.addEventListener("compositionstart", onComposition, options);
  window.addEventListener("compositionend", onComposition, options);
  window.addEventListener("keydown", onKeyDown, options);
  return () => {
    window.removeEventListener("beforeinput", onBeforeInput, options);
    window.removeEventListener("input", onInput, options);
    window.removeEventListener("compositionstart", onComposition, options);
    window.removeEventListener("compositionend", onComposition, options);
    window.removeEventListener("keydown", onKeyDown, options);
  };
}

/** Writes into a field as one step of its undo. */
export function writeInto(field: TextField, value: string, caret: number): void {
  const memory = memoryOf(field);
  remember(field, memory);
  memory.kind = "other";
  show(field, { value, start: caret, end: caret }, "insertReplacementText");
}

/** Fields of these types hold text with a caret; a password keeps the browser's own undo, and no copies of it. */
const textTypes: ReadonlySet<string> = new Set(["text", "search", "url", "tel"]);

function textFieldOf(target: EventTarget | null): TextField | undefined {
  if (target instanceof HTMLTextAreaElement) return target;
  return target instanceof HTMLInputElement && textTypes.has(target.type) ? target : undefined;
}

function memoryOf(field: TextField): Memory {
  const kept = memories.get(field);
  if (kept?.value === field.value) return kept;
  const memory: Memory = {
    past: [],
    future: [],
    value: field.value,
    caret: null,
    kind: "other",
    composing: kept?.composing ?? false,
  };
  memories.set(field, memory);
  return memory;
}

function kindOf({ inputType, data }: InputEvent): Kind {
  if (inputType.startsWith("delete") && inputType !== "deleteByCut") return "delete";
  if (inputType !== "insertText" || data === null) return "other";
  return /^\s+$/.test(data) ? "space" : "word";
}

function beginsStep(field: TextField, memory: Memory, kind: Kind): boolean {
  const { selectionStart, selectionEnd } = field;
  if (memory.past.length === 0 || selectionStart !== selectionEnd || selectionStart !== memory.caret)
    return true;
  switch (kind) {
    case "word":
      return memory.kind !== "word" && memory.kind !== "space";
    case "space":
      return memory.kind !== "space";
    case "delete":
      return memory.kind !== "delete";
    case "other":
      return true;
    default:
      return kind satisfies never;
  }
}

const snapshot = ({ value, selectionStart, selectionEnd }: TextField): Snapshot => ({
  value,
  start: selectionStart ?? value.length,
  end: selectionEnd ?? value.length,
});

function remember(field: TextField, { past, future }: Memory): void {
  past.push(snapshot(field));
  if (past.length > MOST_STEPS) past.shift();
  future.length = 0;
}

function travel(field: TextField, way: "undo" | "redo"): void {
  if (field.readOnly || field.disabled) return;
  const memory = memoryOf(field);
  const [from, to] = way === "undo" ? [memory.past, memory.future] : [memory.future, memory.past];
  const step = from.pop();
  if (!step) return;
  to.push(snapshot(field));
  memory.kind = "other";
  show(field, step, way === "undo" ? "historyUndo" : "historyRedo");
}

function show(field: TextField, { value, start, end }: Snapshot, inputType: string): void {
  // React watches the element's own property; the prototype's setter is the way around, as typing is.
  const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, "value")?.set?.call(field, value);
  field.setSelectionRange(start, end);
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType }));
}
