import { Search } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { setDragData } from "../canvas/drag-data.ts";
import { openLightbox } from "../media/lightbox-store.ts";
import { Thumb } from "../media/thumb.tsx";
import { Button } from "../ui/button.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { TextField } from "../ui/text-field.tsx";
import { duration } from "../words.ts";
import { askToDelete } from "./delete-media-dialog.tsx";
import styles from "./gallery-drawer.module.css";
import {
  everyResult,
  type GalleryItem,
  kinds,
  kindWords,
  useGallery,
  watchGallery,
} from "./gallery-items.ts";
import { uploadFileOf } from "./upload-file.ts";
import { VirtualGrid } from "./virtual-grid.tsx";

/** Everything that was made or brought in, with its recipe; dragged onto the canvas it is an Upload. */
export function GalleryDrawer() {
  const items = useGallery((state) => state.items);
  const loadMore = useGallery((state) => state.loadMore);
  useEffect(() => watchGallery(), []);
  const onEnd = useCallback(() => void loadMore(), [loadMore]);
  return (
    <div className={styles["drawer"]}>
      <Filter />
      {items.length > 0 && (
        <VirtualGrid
          label="Media"
          count={items.length}
          keyOf={(index) => keyOf(items[index])}
          tile={(index, tabIndex) => items[index] && <Tile item={items[index]} tabIndex={tabIndex} />}
          onEnd={onEnd}
          onDelete={(index) => items[index] && askToDelete(items[index])}
        />
      )}
      <Empty />
    </div>
  );
}

function keyOf(item: GalleryItem | undefined): string {
  return item?.source === "made" ? String(item.resultId) : (item?.sha256 ?? "");
}

function Tile({ item, tabIndex }: { readonly item: GalleryItem; readonly tabIndex: 0 | -1 }) {
  const { kind, durationMs, title } = item;
  const open = () =>
    openLightbox({ ...item, name: title }, title, item.source === "made" ? item.resultId : undefined);
  return (
    <button
      type="button"
      data-tile=""
      tabIndex={tabIndex}
      draggable
      className={styles["tile"]}
      aria-label={`${title}, ${kindWords[kind].toLowerCase()}`}
      onDragStart={(event) =>
        setDragData(event.dataTransfer, { kind: "file", file: uploadFileOf(item, title) })
      }
      onClick={open}
    >
      <span className={styles["picture"]}>
        <Thumb media={item} />
        {durationMs !== undefined && <span className={styles["time"]}>{duration(durationMs)}</span>}
      </span>
      <span className={styles["title"]}>{(item.source === "made" && item.excerpt) || title}</span>
    </button>
  );
}

function Filter() {
  const { everywhere, source, kind, text } = useGallery((state) => state.filter);
  const setFilter = useGallery((state) => state.setFilter);
  return (
    <search className={styles["filter"]}>
      <span className={styles["search"]}>
        <Search size={13} />
        <TextField
          type="search"
          aria-label="Search the gallery"
          placeholder={source === "made" ? "Prompt, model, graph" : "Only results have words"}
          disabled={source === "brought"}
          value={source === "made" ? text : ""}
          onChange={(event) => setFilter({ text: event.target.value })}
        />
      </span>
      <Segmented
        label="Whose media"
        value={everywhere ? "all" : "graph"}
        onChange={(value) => setFilter({ everywhere: value === "all" })}
        options={[
          { value: "graph", label: "This graph" },
          { value: "all", label: "All graphs" },
        ]}
      />
      <div className={styles["choices"]}>
        <Select
          label="Where from"
          size="small"
          value={source}
          onChange={(value) => setFilter({ source: value })}
          options={[
            { value: "made", label: "Results" },
            { value: "brought", label: "Uploads" },
          ]}
        />
        <Select
          label="Kind of media"
          size="small"
          value={kind}
          onChange={(value) => setFilter({ kind: value })}
          options={kinds.map((value) => ({
            value,
            label: value === "any" ? "All kinds" : kindPlurals[value],
          }))}
        />
      </div>
    </search>
  );
}

const kindPlurals = { image: "Images", video: "Videos", audio: "Sounds" } as const;

function Empty() {
  const { filter, items, phase, failure, setFilter, refresh } = useGallery((state) => state);
  const isSlow = useIsSlow(phase === "loading" && items.length === 0);
  if (phase === "failed")
    return (
      <div className={styles["note"]}>
        <p role="alert">
          {failure?.message} {failure?.remedy}
        </p>
        <Button size="small" onClick={() => void refresh()}>
          Try again
        </Button>
      </div>
    );
  if (items.length > 0) return null;
  if (phase === "loading") return isSlow ? <p className={styles["note"]}>Looking…</p> : null;
  const { everywhere, source, kind, text } = filter;
  const narrowed = kind !== "any" || (source === "made" && text.trim() !== "");
  return (
    <div className={styles["note"]}>
      <p role="status">
        {narrowed
          ? "Nothing matches."
          : source === "made"
            ? "What runs make is kept here, each with how it was made. Drag one onto the canvas to use it as an upload."
            : everywhere
              ? "Nothing was brought in yet. Drop a picture, video or sound onto the canvas."
              : "This graph uses no upload yet. Drop a picture, video or sound onto the canvas."}
      </p>
      <div className={styles["buttons"]}>
        {!everywhere && (
          <Button size="small" onClick={() => setFilter({ everywhere: true })}>
            Look in all graphs
          </Button>
        )}
        {narrowed && (
          <Button size="small" onClick={() => setFilter({ ...everyResult, everywhere, source })}>
            Clear search
          </Button>
        )}
      </div>
    </div>
  );
}

/** Whether something has gone on for long enough to say so. */
function useIsSlow(going: boolean): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    if (!going) return setSlow(false);
    const timer = setTimeout(() => setSlow(true), 400);
    return () => clearTimeout(timer);
  }, [going]);
  return isSlow;
}
