import type { ReactNode } from "react";
import styles from "./settings-dialog.module.css";

/** A titled part of the settings. */
export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles["part"]} aria-label={title}>
      <h3>{title}</h3>
      <div>{children}</div>
    </section>
  );
}
