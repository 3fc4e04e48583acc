import { Command } from "cmdk";
import { useEffect, useRef, useState } from "react";
import { NodeIcon } from "../node-look/node-icon.tsx";
import { useCatalogue } from "../stores/catalogue.ts";
import {
  familyTitles,
  type LooseEnd,
  type PaletteEntry,
  paletteEntries,
  portFor,
} from "../stores/entries.ts";
import type { Point } from "../stores/stage.ts";
import { portTypeNames } from "./ports.ts";
import styles from "./quick-add.module.css";

export type QuickAddProps = {
  /** Within the canvas, in pixels. */
  readonly at: Point;
  /** With the end of a wire only what it can go to is offered. */
  readonly end?: LooseEnd | undefined;
  readonly onPick: (entry: PaletteEntry) => void;
  readonly onClose: () => void;
};

/** Finds a node by typing, at the pointer. */
export function QuickAdd({ at, end, onPick, onClose }: QuickAddProps) {
  const catalogue = useCatalogue();
  const [search, setSearch] = useState("");
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) onClose();
    };
    document.addEventListener("pointerdown", onPress, { capture: true });
    return () => document.removeEventListener("pointerdown", onPress, { capture: true });
  }, [onClose]);

  const fitting = end ? paletteEntries.filter((entry) => portFor(entry, end, catalogue)) : paletteEntries;
  const offered = search === "" && !end ? fitting.filter(({ common }) => common) : fitting;
  const families = [...new Set(offered.map(({ family }) => family))];
  return (
    <div
      ref={box}
      className={styles["box"]}
      style={{ left: at.x, top: at.y }}
      role="dialog"
      aria-label="Add a node"
    >
      <Command
        label="Add a node"
        loop
        onKeyDown={(event) => {
          if (event.key === "Escape" || event.key === "Tab") {
            event.preventDefault();
            onClose();
          }
        }}
      >
        <Command.Input
          className={styles["input"]}
          placeholder={end ? promptFor(end) : "Add a node"}
          value={search}
          onValueChange={setSearch}
          autoFocus
        />
        <Command.List className={styles["list"]}>
          <Command.Empty className={styles["empty"]}>No node is called that.</Command.Empty>
          {families.map((family) => (
            <Command.Group key={family} heading={familyTitles[family]} className={styles["group"]}>
              {offered
                .filter((entry) => entry.family === family)
                .map((entry) => (
                  <Command.Item
                    key={entry.id}
                    value={entry.title}
                    keywords={[...entry.keywords]}
                    className={styles["item"]}
                    onSelect={() => onPick(entry)}
                  >
                    <NodeIcon type={entry.type} params={entry.params} />
                    <span className={styles["title"]}>{entry.title}</span>
                  </Command.Item>
                ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </div>
  );
}

function promptFor({ side, type }: LooseEnd): string {
  const what = portTypeNames[type].toLowerCase();
  return side === "source" ? `What takes ${what}?` : `What gives ${what}?`;
}
