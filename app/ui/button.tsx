import type { ComponentPropsWithRef } from "react";
import styles from "./button.module.css";
import { classNames } from "./class-names.ts";
import { Tooltip } from "./tooltip.tsx";

type Look = {
  /** `primary` for the one thing to do here, `danger` for what cannot be undone. Default `plain`. */
  readonly look?: "plain" | "primary" | "danger" | "quiet";
  /** 24, 28 or 32 px. Default `medium`. */
  readonly size?: "small" | "medium" | "large";
};

export type ButtonProps = ComponentPropsWithRef<"button"> & Look;

export function Button({ look = "plain", size = "medium", className, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      className={classNames(styles["button"], styles[look], styles[size], className)}
    />
  );
}

export type IconButtonProps = Omit<ButtonProps, "aria-label"> & {
  /** Its accessible name and tooltip. */
  readonly label: string;
  /** Shown in the tooltip beside the label. */
  readonly keys?: string;
  readonly side?: "top" | "bottom" | "left" | "right";
};

/** A button that shows only an icon; quiet unless told otherwise. */
export function IconButton({ label, keys, side, look = "quiet", className, ...props }: IconButtonProps) {
  return (
    <Tooltip text={label} {...(keys ? { keys } : {})} {...(side ? { side } : {})}>
      <Button {...props} look={look} aria-label={label} className={classNames(styles["icon"], className)} />
    </Tooltip>
  );
}
