import { Menu as Base } from "@base-ui/react/menu";
import { Check, ChevronRight } from "lucide-react";
import { type ReactElement, type ReactNode, useEffect } from "react";
import { Keys } from "./keys.tsx";
import styles from "./popup.module.css";

export type MenuEntry =
  | { readonly kind: "separator" }
  | { readonly kind: "heading"; readonly label: string }
  | {
      readonly kind: "item";
      readonly label: string;
      readonly detail?: string;
      readonly icon?: ReactNode;
      readonly keys?: string;
      readonly disabled?: boolean;
      /** For what deletes. */
      readonly danger?: boolean;
      /** Given on entries that are on or off. */
      readonly checked?: boolean;
      readonly onSelect: () => void;
      /** Hears when the pointer or the focus comes and goes. */
      readonly onPoint?: (on: boolean) => void;
    }
  | {
      readonly kind: "menu";
      readonly label: string;
      readonly icon?: ReactNode;
      readonly entries: readonly MenuEntry[];
    };

type Side = "top" | "bottom" | "left" | "right";

/** A function is asked when the menu opens. */
type MenuEntries = readonly MenuEntry[] | (() => readonly MenuEntry[]);

export type MenuProps = {
  readonly entries: MenuEntries;
  /** The button that opens it. */
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly side?: Side;
  readonly align?: "start" | "center" | "end";
};

export function Menu({ entries, trigger, side = "bottom", align = "start" }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Popup entries={entries} side={side} align={align} />
    </Base.Root>
  );
}

export type MenuAtProps = {
  /** Client coordinates of the pointer; `undefined` while it is closed. */
  readonly at: { readonly x: number; readonly y: number } | undefined;
  readonly entries: readonly MenuEntry[];
  readonly onClose: () => void;
};

/** A menu at the pointer, for a right click. */
export function MenuAt({ at, entries, onClose }: MenuAtProps) {
  return (
    <Base.Root open={at !== undefined} onOpenChange={(open) => !open && onClose()} modal={false}>
      <Popup
        entries={entries}
        side="bottom"
        align="start"
        {...(at ? { anchor: { getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) } } : {})}
      />
    </Base.Root>
  );
}

type PopupProps = {
  readonly entries: MenuEntries;
  readonly side: Side;
  readonly align: "start" | "center" | "end";
  readonly anchor?: { getBoundingClientRect: () => DOMRect };
};

function Popup({ entries, side, align, anchor }: PopupProps) {
  return (
    <Base.Portal>
      <Base.Positioner
        className={styles["positioner"]}
        side={side}
        align={align}
        sideOffset={anchor ? 2 : 4}
        collisionPadding={8}
        {...(anchor ? { anchor } : {})}
      >
        <Base.Popup className={styles["popup"]}>
          <Entries entries={entries} />
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  );
}

function Entries({ entries }: { readonly entries: MenuEntries }) {
  const shown = typeof entries === "function" ? entries() : entries;
  // An entry may change with what it acts on, but its place in the list is what it is known by while open.
  return shown.map((entry, index) => {
    const key = `${index}:${entry.kind === "separator" ? "" : entry.label}`;
    if (entry.kind === "separator") return <Base.Separator key={key} className={styles["separator"]} />;
    if (entry.kind === "heading")
      return (
        <div key={key} className={styles["heading"]}>
          {entry.label}
        </div>
      );
    if (entry.kind === "menu")
      return (
        <Base.SubmenuRoot key={key}>
          <Base.SubmenuTrigger className={styles["item"]}>
            {entry.icon}
            <span className={styles["label"]}>{entry.label}</span>
            <ChevronRight size={14} />
          </Base.SubmenuTrigger>
          <Popup entries={entry.entries} side="right" align="start" />
        </Base.SubmenuRoot>
      );
    const content = (
      <>
        {entry.icon}
        <span className={styles["label"]}>
          {entry.label}
          {entry.detail && <span className={styles["detail"]}>{entry.detail}</span>}
        </span>
        {entry.keys && (
          <span className={styles["keys"]}>
            <Keys keys={entry.keys} />
          </span>
        )}
      </>
    );
    const shared = {
      className: styles["item"],
      disabled: entry.disabled ?? false,
      "data-danger": entry.danger ? "" : undefined,
    };
    if (entry.checked !== undefined)
      return (
        <Base.CheckboxItem
          key={key}
          {...shared}
          checked={entry.checked}
          onCheckedChange={entry.onSelect}
          closeOnClick
        >
          <span className={styles["check"]}>
            <Base.CheckboxItemIndicator>
              <Check size={14} />
            </Base.CheckboxItemIndicator>
          </span>
          {content}
        </Base.CheckboxItem>
      );
    return (
      <Base.Item key={key} {...shared} {...pointing(entry.onPoint)} onClick={entry.onSelect}>
        {content}
        {entry.onPoint && <LeaveWithMenu onPoint={entry.onPoint} />}
      </Base.Item>
    );
  });
}

function pointing(onPoint: ((on: boolean) => void) | undefined) {
  if (!onPoint) return {};
  const on = () => onPoint(true);
  const off = () => onPoint(false);
  return { onPointerEnter: on, onPointerLeave: off, onFocus: on, onBlur: off };
}

/** A menu that closes leaves no entry with a word. */
function LeaveWithMenu({ onPoint }: { readonly onPoint: (on: boolean) => void }) {
  // Only what it says at the end counts, so another function is no reason to say it before.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => () => onPoint(false), []);
  return null;
}
