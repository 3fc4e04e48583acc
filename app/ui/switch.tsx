import { Switch as Base } from "@base-ui/react/switch";
import styles from "./switch.module.css";

export type SwitchProps = {
  /** Its accessible name. */
  readonly label: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
};

export function Switch({ label, checked, disabled = false, onChange }: SwitchProps) {
  return (
    <Base.Root
      className={styles["switch"]}
      aria-label={label}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
    >
      <Base.Thumb className={styles["thumb"]} />
    </Base.Root>
  );
}
