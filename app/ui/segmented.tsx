import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { ReactNode } from "react";
import styles from "./segmented.module.css";

export type SegmentedProps<Value extends string> = {
  /** Its accessible name. */
  readonly label: string;
  readonly value: Value | undefined;
  readonly options: readonly {
    readonly value: Value;
    readonly label: string;
    /** Shown instead of the label, which stays its accessible name. */
    readonly icon?: ReactNode;
  }[];
  readonly disabled?: boolean;
  readonly onChange: (value: Value) => void;
};

/** A choice of few, all visible. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, value, options, disabled = false, onChange } = props;
  return (
    <RadioGroup
      aria-label={label}
      className={styles["group"]}
      value={value ?? ""}
      disabled={disabled}
      onValueChange={(next: unknown) => {
        const option = options.find((candidate) => candidate.value === next);
        if (option) onChange(option.value);
      }}
    >
      {options.map((option) => (
        <Radio.Root
          key={option.value}
          value={option.value}
          nativeButton
          render={<button type="button" />}
          className={styles["segment"]}
          {...(option.icon ? { "aria-label": option.label } : {})}
        >
          {option.icon ?? option.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
