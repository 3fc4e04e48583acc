import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";
import { Keys } from "./keys.tsx";
import styles from "./tooltip.module.css";

export type TooltipProps = {
  readonly text: ReactNode;
  readonly keys?: string;
  readonly side?: "top" | "bottom" | "left" | "right";
  /** One element that takes a ref and pointer handlers; it needs an accessible name of its own. */
  readonly children: ReactElement<Record<string, unknown>>;
};

/** Tooltips near each other share one delay: wrap the window in `TooltipGroup` once. */
export function Tooltip({ text, keys, side = "bottom", children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner className={styles["positioner"]} side={side} sideOffset={6} collisionPadding={8}>
          <Base.Popup className={styles["tooltip"]}>
            {text}
            {keys && (
              <span className={styles["keys"]}>
                <Keys keys={keys} />
              </span>
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function TooltipGroup({ children }: { readonly children: ReactNode }) {
  return (
    <Base.Provider delay={400} closeDelay={0} timeout={300}>
      {children}
    </Base.Provider>
  );
}
