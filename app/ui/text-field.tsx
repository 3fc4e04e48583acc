import type { ComponentPropsWithRef } from "react";
import { classNames } from "./class-names.ts";
import styles from "./field.module.css";

export type TextFieldProps = Omit<ComponentPropsWithRef<"input">, "size"> & {
  readonly size?: "small" | "medium";
};

export function TextField({ className, size, ...props }: TextFieldProps) {
  return (
    <input
      type="text"
      autoComplete="off"
      spellCheck={false}
      {...props}
      className={classNames(styles["control"], size === "small" && styles["small"], className)}
    />
  );
}

/** Grows with its text up to the `max-height` that its place gives it. */
export function TextArea({ className, ...props }: ComponentPropsWithRef<"textarea">) {
  return <textarea rows={2} {...props} className={classNames(styles["control"], className)} />;
}
