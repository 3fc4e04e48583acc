import { useState } from "react";
import { TextArea } from "../../ui/text-field.tsx";
import type { ControlProps } from "./control.ts";
import styles from "./controls.module.css";

/** A shape no other control knows, as its JSON. What does not parse stays in the field and changes nothing. */
export function JsonControl({ field, value, onChange, disabled, invalid }: ControlProps<"json">) {
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

export function NestedControl({ field, renderField }: ControlProps<"nested">) {
  return <div className={styles["nested"]}>{field.fields.map(renderField)}</div>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // half-typed JSON is no failure; the field is marked
  }
}
