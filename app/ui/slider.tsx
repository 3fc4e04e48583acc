import { Slider as Base } from "@base-ui/react/slider";
import styles from "./slider.module.css";

export type SliderProps = {
  /** Its accessible name. */
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
};

export function Slider({ label, value, min, max, step = 1, disabled = false, onChange }: SliderProps) {
  return (
    <Base.Root
      className={styles["slider"]}
      value={value}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      onValueChange={onChange}
    >
      <Base.Control className={styles["control"]}>
        <Base.Track className={styles["track"]}>
          <Base.Indicator className={styles["fill"]} />
          <Base.Thumb className={styles["thumb"]} aria-label={label} />
        </Base.Track>
      </Base.Control>
    </Base.Root>
  );
}
