import { Dialog } from "@base-ui/react/dialog";
import { useMemo, useRef } from "react";
import { useDocuments } from "../stores/documents.ts";
import { useGraph } from "../stores/graph.ts";
import { rememberFind, useRecentFinds } from "../stores/recent-finds.ts";
import { useCatalogue, useServer } from "../stores/server.ts";
import { closeOverlay, openOverlay, useShell } from "../stores/shell.ts";
import { Keys } from "../ui/keys.tsx";
import { SearchList } from "../ui/search-list.tsx";
import { t } from "../words/words.ts";
import { useActions } from "./actions-context.ts";
import styles from "./command-palette.module.css";
import { type PaletteRow, paletteRows } from "./palette-rows.tsx";

/** Everything by its name: commands, nodes of this graph and new ones, other graphs, examples. */
export function CommandPalette() {
  const open = useShell((state) => state.overlay === "palette");
  return (
    <Dialog.Root open={open} onOpenChange={(next) => (next ? openOverlay("palette") : closeOverlay())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles["backdrop"]} />
        <Dialog.Popup className={styles["popup"]} data-modal="" aria-label={t("shell.findCommand")}>
          <Search />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Search() {
  const actions = useActions();
  const nodes = useGraph((state) => state.graph?.nodes);
  const openId = useGraph((state) => state.graph?.id);
  const recent = useDocuments((state) => state.recent);
  const examples = useDocuments((state) => state.examples);
  const host = useServer((state) => state.info?.host);
  const catalogue = useCatalogue();
  // What can be done is asked once, when the list opens: rows must not come and go under the hand.
  const entries = useMemo(
    () => paletteRows({ actions, nodes, openId, recent, examples, host, catalogue }),
    [actions, nodes, openId, recent, examples, host, catalogue],
  );
  const pointed = useRef<PaletteRow | undefined>(undefined);
  return (
    <SearchList<PaletteRow>
      label={t("shell.findCommand")}
      placeholder={t("shell.findAnything")}
      empty={t("shell.nothingCalled")}
      className={styles["search"]}
      entries={entries}
      recent={useRecentFinds()}
      draw={(row, typed) => (
        <>
          {row.icon}
          <span className={styles["label"]}>{row.label}</span>
          {row.detail && <span className={styles["about"]}>{row.detail}</span>}
          {typed && <span className={styles["where"]}>{row.group}</span>}
          {row.keys && <Keys keys={row.keys} />}
        </>
      )}
      onPoint={(row) => {
        if (row === pointed.current) return;
        pointed.current?.onPoint?.(false);
        pointed.current = row;
        row?.onPoint?.(true);
      }}
      onPick={({ id, run }) => {
        rememberFind(id);
        closeOverlay();
        run();
      }}
    />
  );
}
