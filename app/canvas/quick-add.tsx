import { useEffect, useMemo, useRef } from "react";
import { NodeIcon } from "../node-look/node-icon.tsx";
import {
  entriesWith,
  familyTitles,
  findable,
  type LooseEnd,
  type PaletteEntry,
  portFor,
} from "../stores/entries.ts";
import { rememberFind, useRecentFinds } from "../stores/recent-finds.ts";
import { useCatalogue } from "../stores/server.ts";
import type { Point } from "../stores/stage.ts";
import { SearchList } from "../ui/search-list.tsx";
import { t } from "../words/words.ts";
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
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) onClose();
    };
    document.addEventListener("pointerdown", onPress, { capture: true });
    return () => document.removeEventListener("pointerdown", onPress, { capture: true });
  }, [onClose]);

  const entries = useMemo(
    () =>
      entriesWith(catalogue)
        .filter((entry) => !end || entry.missing || portFor(entry, end, catalogue))
        .map((entry) => ({
          ...findable(entry),
          entry,
          group: familyTitles[entry.family],
          // All that a wire fits is worth a look, but for the models, which are many.
          quiet: end ? entry.params["model"] !== undefined || entry.missing !== undefined : !entry.common,
        })),
    [catalogue, end],
  );
  return (
    <div
      ref={box}
      className={styles["box"]}
      style={{ left: at.x, top: at.y }}
      role="dialog"
      aria-label={t("canvas.addANode")}
    >
      <SearchList
        label={t("canvas.addANode")}
        placeholder={end ? promptFor(end) : t("canvas.addANode")}
        empty={t("canvas.noNodeCalled")}
        entries={entries}
        recent={useRecentFinds()}
        draw={({ entry }) => (
          <>
            <NodeIcon type={entry.type} params={entry.params} />
            <span className={styles["title"]}>{entry.title}</span>
            {entry.missing && <span className={styles["missing"]}>{entry.missing}</span>}
          </>
        )}
        onPick={({ id, entry }) => {
          rememberFind(id);
          onPick(entry);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape" || event.key === "Tab") {
            event.preventDefault();
            onClose();
          }
        }}
      />
    </div>
  );
}

function promptFor({ side, type }: LooseEnd): string {
  return t(side === "source" ? "canvas.whatTakes" : "canvas.whatGives", { type });
}
