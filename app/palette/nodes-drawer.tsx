import { useState } from "react";
import { NodeIcon } from "../node-look/node-icon.tsx";
import { PortGlyph } from "../node-look/port-glyph.tsx";
import { addNodeInView } from "../stores/add-nodes.ts";
import { setDragData } from "../stores/drag-data.ts";
import { entriesWith, familyTitles, findEntries, freshPorts, type PaletteEntry } from "../stores/entries.ts";
import { useCatalogue } from "../stores/server.ts";
import { SearchField } from "../ui/drawer-list.tsx";
import { t } from "../words/words.ts";
import styles from "./nodes-drawer.module.css";

/** Every node there is: drag one onto the canvas, or double-click to put it in the middle of the view. */
export function NodesDrawer() {
  const [search, setSearch] = useState("");
  const found = findEntries(entriesWith(useCatalogue()), search);
  const families = [...new Set(found.map(({ family }) => family))];
  return (
    <div className={styles["palette"]}>
      <div className={styles["search"]}>
        <SearchField
          type="text"
          label={t("palette.findNode")}
          placeholder={t("palette.findNode")}
          value={search}
          onChange={setSearch}
        />
      </div>
      <div className={styles["list"]}>
        {families.map((family) => (
          <section key={family} aria-label={familyTitles[family]}>
            <h3 className={styles["family"]}>{familyTitles[family]}</h3>
            {found
              .filter((entry) => entry.family === family)
              .map((entry) => (
                <Entry key={entry.id} entry={entry} />
              ))}
          </section>
        ))}
        {found.length === 0 && <p className={styles["nothing"]}>{t("palette.noNodeCalled")}</p>}
      </div>
    </div>
  );
}

function Entry({ entry }: { readonly entry: PaletteEntry }) {
  const ports = freshPorts(entry, useCatalogue());
  return (
    <button
      type="button"
      className={styles["entry"]}
      draggable
      title={entry.description}
      data-entry={entry.id}
      onDragStart={(event) => setDragData(event.dataTransfer, { kind: "entry", entryId: entry.id })}
      onDoubleClick={() => addNodeInView(entry)}
      onKeyDown={(event) => {
        // A single click does nothing, so that a slip of the hand adds no node; a key is never a slip.
        if (event.key === "Enter") addNodeInView(entry);
      }}
    >
      <NodeIcon type={entry.type} params={entry.params} size={16} />
      <span className={styles["title"]}>{entry.title}</span>
      <span className={styles["ports"]}>
        {ports.outputs.map(({ id, type }) => (
          <PortGlyph key={id} type={typeof type === "string" ? type : "media"} filled />
        ))}
      </span>
    </button>
  );
}
