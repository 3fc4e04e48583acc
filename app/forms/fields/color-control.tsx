import { TextField } from "../../ui/text-field.tsx";
import type { ControlProps } from "./control.ts";
import styles from "./controls.module.css";

/** A hex colour, or one of the named tints where the schema lists them. */
export function ColorControl({ field, value, onChange, disabled, invalid }: ControlProps<"color">) {
  const text = typeof value === "string" ? value : "";
  if (field.choices.length > 0)
    return (
      <div className={styles["swatches"]} role="radiogroup" aria-label={field.label}>
        {field.choices.map((choice) => (
          // biome-ignore lint/a11y/useSemanticElements: a swatch is a picture of its value, which a native radio cannot be
          <button
            key={String(choice.value)}
            type="button"
            role="radio"
            aria-checked={choice.value === value}
            aria-label={choice.label}
            disabled={disabled}
            className={styles["swatch"]}
            data-tint={choice.value}
            onClick={() => onChange(choice.value)}
          />
        ))}
      </div>
    );
  return (
    <div className={styles["row"]}>
      <input
        type="color"
        className={styles["well"]}
        data-unset={text === "" ? "" : undefined}
        aria-label={`${field.label}, picker`}
        disabled={disabled}
        value={sixDigits(text)}
        onChange={(event) => onChange(event.target.value.toUpperCase() + text.slice(7))}
      />
      <TextField
        aria-label={field.label}
        aria-invalid={invalid}
        disabled={disabled}
        value={text}
        placeholder="Not set"
        onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
      />
    </div>
  );
}

/** What a colour well can show of `#RGB`, `#RRGGBB` and `#RRGGBBAA`. */
function sixDigits(hex: string): string {
  if (/^#[0-9a-f]{3,4}$/i.test(hex)) return `#${[...hex.slice(1, 4)].map((digit) => digit + digit).join("")}`;
  return /^#[0-9a-f]{6}/i.test(hex) ? hex.slice(0, 7) : "#000000";
}
