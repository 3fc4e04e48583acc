import type { ComponentType } from "react";
import { useState } from "react";
import { TextArea } from "../../ui/text-field.tsx";
import type { Field, FieldKind } from "../form.ts";
import { AccountControl } from "./account-control.tsx";
import { OperationControl, SegmentedControl, SelectControl, SwitchControl } from "./choice-control.tsx";
import { ColorControl } from "./color-control.tsx";
import type { ControlProps } from "./control.ts";
import styles from "./controls.module.css";
import { FileControl } from "./file-control.tsx";
import { ModelControl } from "./model-control.tsx";
import { DurationControl, NumberControl, SliderControl } from "./number-control.tsx";
import { TextAreaControl, TextControl, WordsControl } from "./text-control.tsx";

/** A table is drawn for its node, not for one of its params. */
type ControlKind = Exclude<FieldKind, "table">;

/** One control per kind: a new kind does not compile until it has one. */
const controls: { readonly [Kind in ControlKind]: ComponentType<ControlProps<Kind>> } = {
  text: TextControl,
  textarea: TextAreaControl,
  words: WordsControl,
  number: NumberControl,
  slider: SliderControl,
  duration: DurationControl,
  switch: SwitchControl,
  select: SelectControl,
  segmented: SegmentedControl,
  model: ModelControl,
  operation: OperationControl,
  color: ColorControl,
  file: FileControl,
  account: AccountControl,
  nested: NestedControl,
  json: JsonControl,
};

export function FieldControl(props: Omit<ControlProps<FieldKind>, "field"> & { readonly field: Field }) {
  if (props.field.kind === "table") return null;
  // The record pairs each kind with its control, which the union of props cannot say.
  const Control = controls[props.field.kind] as ComponentType<
    Omit<typeof props, "field"> & { readonly field: Field }
  >;
  return <Control {...props} />;
}

/** A shape no other control knows, as its JSON. What does not parse stays in the field and changes nothing. */
function JsonControl({ field, value, onChange, disabled, invalid }: ControlProps<"json">) {
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const shown = draft ?? (value === undefined ? "" : JSON.stringify(value, undefined, 2));
  const broken = draft !== undefined && draft.trim() !== "" && parse(draft) === undefined;
  return (
    <TextArea
      className={styles["json"] ?? ""}
      aria-label={`${field.label}, as JSON`}
      aria-invalid={invalid || broken}
      disabled={disabled}
      value={shown}
      spellCheck={false}
      onChange={(event) => {
        const text = event.target.value;
        setDraft(text);
        const parsed = parse(text);
        if (text.trim() === "") onChange(undefined);
        else if (parsed !== undefined) onChange(parsed);
      }}
      onBlur={() => !broken && setDraft(undefined)}
    />
  );
}

function NestedControl({ field, renderField }: ControlProps<"nested">) {
  return <div className={styles["nested"]}>{field.fields.map(renderField)}</div>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // half-typed JSON is no failure; the field is marked
  }
}
