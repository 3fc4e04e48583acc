import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { t } from "../words/words.ts";
import { IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";
import styles from "./dialog.module.css";

export type DialogProps = {
  readonly open: boolean;
  /** Escape, the cross or a press outside. */
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** Buttons, the one to press last. */
  readonly footer?: ReactNode;
  readonly wide?: boolean;
  /** As large as the window allows, for what is worked in. */
  readonly full?: boolean;
  /** For a question that must be answered: a press outside does not close it. */
  readonly modalOnly?: boolean;
};

const firstField = "input:not([type=color], [tabindex='-1'], [aria-hidden]), textarea";

export function Dialog(props: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  const { open, onClose, wide, full, modalOnly = false } = props;
  // What it asked about is often gone before it is; while it fades it goes on saying what it said.
  const said = useRef(props);
  if (open) said.current = props;
  const { title, description, children, footer } = said.current;
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()} disablePointerDismissal={modalOnly}>
      <Base.Portal>
        <Base.Backdrop className={styles["backdrop"]} />
        <Base.Popup
          ref={popup}
          data-modal=""
          className={classNames(styles["dialog"], wide && styles["wide"], full && styles["full"])}
          // The first field, else the dialog itself: on the cross its tooltip would take the first Escape.
          initialFocus={() => popup.current?.querySelector<HTMLElement>(firstField) ?? popup.current}
        >
          <div className={styles["header"]}>
            <Base.Title className={styles["title"]}>{title}</Base.Title>
            <Base.Close
              render={
                <IconButton label={t("ui.close")}>
                  <X size={16} />
                </IconButton>
              }
            />
          </div>
          {description && (
            <Base.Description className={styles["description"]} render={<div />}>
              {description}
            </Base.Description>
          )}
          {children && <div className={styles["body"]}>{children}</div>}
          {footer && <div className={styles["footer"]}>{footer}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
