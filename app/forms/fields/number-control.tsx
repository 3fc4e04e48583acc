import { useState } from "react";
import { Slider } from "../../ui/slider.tsx";
import { TextField } from "../../ui/text-field.tsx";
import type { ControlProps } from "./control.ts";
import styles from "./controls.module.css";

export function NumberControl({ field, value, onChange, disabled, invalid }: ControlProps<"number">) {
  return (
    <NumberField
      label={field.label}
      value={typeof value === "number" ? value : undefined}
      onChange={onChange}
      disabled={disabled}
      invalid={invalid}
      integer={field.integer}
      step={field.step ?? (field.integer ? 1 : 0.1)}
      {...(field.unit === undefined ? {} : { unit: field.unit })}
    />
  );
}

export function SliderControl({ field, value, onChange, disabled, invalid }: ControlProps<"slider">) {
  const { min, max } = field;
  const step = field.step ?? (field.integer || max - min > 20 ? 1 : 0.01);
  const number = typeof value === "number" ? value : undefined;
  return (
    <div className={styles["row"]}>
      <Slider
        label={field.label}
        min={min}
        max={max}
        step={step}
        disabled={disabled}
        value={Math.min(max, Math.max(min, number ?? min))}
        onChange={onChange}
      />
      <div className={styles["beside"]}>
        <NumberField
          label={`${field.label}, number`}
          value={number}
          onChange={onChange}
          disabled={disabled}
          invalid={invalid}
          integer={field.integer}
          step={step}
          {...(field.unit === undefined ? {} : { unit: field.unit })}
        />
      </div>
    </div>
  );
}

/** Milliseconds in the document, seconds on the screen. */
export function DurationControl({ field, value, onChange, disabled, invalid }: ControlProps<"duration">) {
  return (
    <NumberField
      label={field.label}
      value={typeof value === "number" ? value / 1000 : undefined}
      onChange={(seconds) => onChange(seconds === undefined ? undefined : Math.round(seconds * 1000))}
      disabled={disabled}
      invalid={invalid}
      integer={false}
      step={0.1}
      unit="s"
    />
  );
}

type NumberFieldProps = {
  readonly label: string;
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
  readonly disabled: boolean;
  readonly invalid: boolean;
  readonly integer: boolean;
  readonly step: number;
  readonly unit?: string;
};

/** Keeps what is being typed ("1." or "-") until it is a number; arrows step, with Shift by ten. */
function NumberField(props: NumberFieldProps) {
  const { label, value, onChange, disabled, invalid, integer, step, unit } = props;
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const shown = draft ?? (value === undefined ? "" : String(value));
  const change = (text: string) => {
    setDraft(text);
    const number = Number(text.replace(",", "."));
    if (text.trim() === "") onChange(undefined);
    else if (Number.isFinite(number)) onChange(integer ? Math.round(number) : number);
  };
  const nudge = (by: number) => {
    const next = Number(((value ?? 0) + by).toFixed(6));
    setDraft(undefined);
    onChange(next);
  };
  return (
    <span className={styles["number"]}>
      <TextField
        inputMode="decimal"
        aria-label={label}
        aria-invalid={
          invalid ||
          (draft !== undefined && draft.trim() !== "" && !Number.isFinite(Number(draft.replace(",", "."))))
        }
        disabled={disabled}
        value={shown}
        onChange={(event) => change(event.target.value)}
        onBlur={() => setDraft(undefined)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
          event.preventDefault();
          nudge((event.key === "ArrowUp" ? 1 : -1) * step * (event.shiftKey ? 10 : 1));
        }}
      />
      {unit && <span className={styles["unit"]}>{unit}</span>}
    </span>
  );
}
