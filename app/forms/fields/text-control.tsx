import { TextArea } from "../../ui/text-field.tsx";
import { TemplatedTextArea, TemplatedTextField } from "../columns/templated-field.tsx";
import type { ControlProps } from "./control.ts";
import styles from "./controls.module.css";

export function TextControl({ field, value, onChange, disabled, invalid }: ControlProps<"text">) {
  return (
    <TemplatedTextField
      path={field.path}
      aria-label={field.label}
      aria-invalid={invalid}
      disabled={disabled}
      value={textOf(value)}
      placeholder={field.placeholder ?? ""}
      onText={onChange}
    />
  );
}

/** Text near its limit shows how much is left. */
const LIMIT_SHOWN_FROM = 0.8;

export function TextAreaControl({ field, value, onChange, disabled, invalid }: ControlProps<"textarea">) {
  const text = textOf(value);
  const { maxLength } = field;
  return (
    <>
      <TemplatedTextArea
        path={field.path}
        className={styles["textarea"] ?? ""}
        aria-label={field.label}
        aria-invalid={invalid}
        disabled={disabled}
        rows={4}
        value={text}
        placeholder={field.placeholder ?? ""}
        onText={onChange}
      />
      {maxLength !== undefined && text.length > maxLength * LIMIT_SHOWN_FROM && (
        <span className={styles["limit"]} data-over={text.length > maxLength ? "" : undefined}>
          {text.length} of {maxLength}
        </span>
      )}
    </>
  );
}

/** One item a line. */
export function WordsControl({ field, value, onChange, disabled, invalid }: ControlProps<"words">) {
  const lines = Array.isArray(value) ? value.map(String) : [];
  return (
    <TextArea
      className={styles["textarea"] ?? ""}
      aria-label={field.label}
      aria-invalid={invalid}
      disabled={disabled}
      rows={3}
      placeholder="One per line"
      value={lines.join("\n")}
      onChange={(event) => {
        const text = event.target.value;
        onChange(text === "" ? undefined : text.split("\n"));
      }}
    />
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : String(value);
}
