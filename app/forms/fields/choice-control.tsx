import { NodeIcon } from "../../node-look/node-icon.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { Select } from "../../ui/select.tsx";
import { Switch } from "../../ui/switch.tsx";
import type { Choice } from "../form.ts";
import type { ControlProps } from "./control.ts";

/** Selects speak text; the value given back is the schema's own, a number where it is one. */
const keyOf = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);
const choiceOf = (choices: readonly Choice[], key: string): unknown =>
  choices.find((choice) => String(choice.value) === key)?.value;
const optionsOf = (choices: readonly Choice[]) =>
  choices.map(({ value, label }) => ({ value: String(value), label }));

export function SelectControl({ field, value, onChange, disabled, invalid }: ControlProps<"select">) {
  const key = keyOf(value);
  return (
    <Select
      label={field.label}
      invalid={invalid}
      disabled={disabled}
      value={key}
      placeholder={field.required ? "Choose" : "Not set"}
      options={optionsOf(field.choices)}
      onChange={(next) => onChange(choiceOf(field.choices, next))}
    />
  );
}

export function OperationControl(props: ControlProps<"operation">) {
  const { field, value, onChange, disabled, invalid } = props;
  return (
    <Select
      label={field.label}
      invalid={invalid}
      disabled={disabled}
      value={keyOf(value)}
      options={optionsOf(field.choices).map((option) => ({
        ...option,
        icon: <NodeIcon type="edit" params={{ operation: option.value }} />,
      }))}
      onChange={(next) => onChange(choiceOf(field.choices, next))}
    />
  );
}

export function SegmentedControl({ field, value, onChange, disabled }: ControlProps<"segmented">) {
  const key = keyOf(value);
  return (
    <Segmented
      label={field.label}
      disabled={disabled}
      value={key}
      options={optionsOf(field.choices)}
      onChange={(next) => onChange(choiceOf(field.choices, next))}
    />
  );
}

export function SwitchControl({ field, value, onChange, disabled }: ControlProps<"switch">) {
  return <Switch label={field.label} checked={value === true} disabled={disabled} onChange={onChange} />;
}
