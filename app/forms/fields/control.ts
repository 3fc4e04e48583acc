import type { ReactNode } from "react";
import type { Field, FieldKind, FieldOf } from "../form.ts";

/** What a control gets: its field, the value now, and how to change it. It draws no label. */
export type ControlProps<Kind extends FieldKind> = {
  readonly field: FieldOf<Kind>;
  /** `undefined` where nothing is set and the schema has no default. */
  readonly value: unknown;
  /** `undefined` takes the value out. */
  readonly onChange: (value: unknown) => void;
  readonly disabled: boolean;
  readonly invalid: boolean;
  /** Draws the field of another path, for controls that hold fields. */
  readonly renderField: (field: Field) => ReactNode;
};
