import type { ComponentType } from "react";
import type { Field, FieldKind } from "../form.ts";
import { AccountControl } from "./account-control.tsx";
import { OperationControl, SegmentedControl, SelectControl, SwitchControl } from "./choice-control.tsx";
import { ColorControl } from "./color-control.tsx";
import type { ControlProps } from "./control.ts";
import { FileControl } from "./file-control.tsx";
import { JsonControl, NestedControl } from "./json-control.tsx";
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
