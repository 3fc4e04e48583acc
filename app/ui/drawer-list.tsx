import { Search } from "lucide-react";
import { type ComponentPropsWithRef, type ReactNode, useEffect, useRef } from "react";
import { Button } from "./button.tsx";
import styles from "./drawer-list.module.css";
import { TextField } from "./text-field.tsx";

/** A drawer's list: what narrows it stays in sight, what it has scrolls below. */
export function DrawerList({
  filter,
  children,
}: {
  readonly filter: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles["frame"]}>
      <search className={styles["filter"]}>{filter}</search>
      <div className={styles["body"]}>{children}</div>
    </div>
  );
}

export type SearchFieldProps = Omit<ComponentPropsWithRef<"input">, "size" | "onChange"> & {
  /** Its accessible name. */
  readonly label: string;
  readonly onChange: (text: string) => void;
};

/** Words to look for. */
export function SearchField({ label, onChange, ...props }: SearchFieldProps) {
  return (
    <span className={styles["search"]}>
      <Search size={13} />
      <TextField
        type="search"
        {...props}
        aria-label={label}
        onChange={(event) => onChange(event.target.value)}
      />
    </span>
  );
}

/** Two choices beside each other; one below the other in a narrow drawer. */
export function FilterChoices({ children }: { readonly children: ReactNode }) {
  return <div className={styles["choices"]}>{children}</div>;
}

export type ListNoteProps = {
  readonly role: "status" | "alert";
  readonly text: string;
  /** Buttons. */
  readonly children?: ReactNode;
};

/** Instead of rows: why there are none, and what to do. */
export function ListNote({ role, text, children }: ListNoteProps) {
  return (
    <div className={styles["note"]}>
      <p role={role}>{text}</p>
      {children && <div className={styles["buttons"]}>{children}</div>}
    </div>
  );
}

/** After the rows: asks for the next page when it comes into view, and by a press. Give each page a key of its own. */
export function MoreRows({ label, onMore }: { readonly label: string; readonly onMore: () => void }) {
  const mark = useRef<HTMLButtonElement>(null);
  const ask = useRef(onMore);
  ask.current = onMore;
  useEffect(() => {
    if (!mark.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) ask.current();
    });
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, []);
  return (
    <Button ref={mark} look="quiet" className={styles["more"]} onClick={onMore}>
      {label}
    </Button>
  );
}
