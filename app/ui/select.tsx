import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { t } from "../words/words.ts";
import { classNames } from "./class-names.ts";
import field from "./field.module.css";
import popup from "./popup.module.css";
import styles from "./select.module.css";

type SelectOption<Value extends string> = {
  readonly value: Value;
  readonly label: string;
  readonly detail?: string;
  readonly icon?: ReactNode;
};

export type SelectProps<Value extends string> = {
  /** Its accessible name. */
  readonly label: string;
  /** `undefined` shows the placeholder. A value without an option is shown as it is. */
  readonly value: Value | undefined;
  readonly options: readonly SelectOption<Value>[];
  readonly onChange: (value: Value) => void;
  readonly placeholder?: string;
  readonly size?: "small" | "medium";
  readonly disabled?: boolean;
  readonly invalid?: boolean;
  readonly className?: string;
};

export function Select<Value extends string>(props: SelectProps<Value>) {
  const {
    label,
    value,
    options,
    onChange,
    placeholder = t("ui.choose"),
    size,
    disabled,
    invalid,
    className,
  } = props;
  const chosen = options.find((option) => option.value === value);
  return (
    <Base.Root<Value>
      value={value ?? null}
      onValueChange={(next) => next !== null && onChange(next)}
      disabled={disabled ?? false}
      modal={false}
    >
      <Base.Trigger
        aria-label={label}
        aria-invalid={invalid ?? false}
        className={classNames(
          field["control"],
          size === "small" && field["small"],
          styles["trigger"],
          className,
        )}
      >
        <span className={styles["value"]} data-placeholder={value === undefined ? "" : undefined}>
          {chosen?.label ?? value ?? placeholder}
        </span>
        <ChevronDown size={14} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner
          className={popup["positioner"]}
          // Over the trigger it would need a style element, which the window's CSP does not take.
          alignItemWithTrigger={false}
          sideOffset={4}
          collisionPadding={8}
        >
          <Base.Popup className={classNames(popup["popup"], styles["popup"])}>
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} className={popup["item"]}>
                <span className={popup["check"]}>
                  <Base.ItemIndicator>
                    <Check size={14} />
                  </Base.ItemIndicator>
                </span>
                {option.icon}
                <Base.ItemText className={popup["label"]}>
                  {option.label}
                  {option.detail && <span className={popup["detail"]}>{option.detail}</span>}
                </Base.ItemText>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
