import type { ReactNode } from "react";
import styles from "./notice.module.css";

export type NoticeProps = {
  /** What it is about, for who does not see it. */
  readonly label?: string;
  readonly role?: "status" | "alert" | undefined;
  readonly children: ReactNode;
  /** Buttons, the one to press first. */
  readonly actions?: ReactNode;
};

/** One line across the window, said for as long as it is so. */
export function Notice({ label, role, children, actions }: NoticeProps) {
  return (
    <section className={styles["notice"]} role={role} aria-label={label}>
      <p data-selectable>{children}</p>
      {actions}
    </section>
  );
}
