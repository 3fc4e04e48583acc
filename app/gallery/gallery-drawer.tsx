import { useCallback, useEffect, useState } from "react";
import { Button } from "../ui/button.tsx";
import { DrawerList, FilterChoices, ListNote, SearchField } from "../ui/drawer-list.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { askToDelete } from "./delete-media-dialog.tsx";
import { everyResult, type GalleryItem, kinds, useGallery, watchGallery } from "./gallery-items.ts";
import { GalleryTile } from "./gallery-tile.tsx";
import { VirtualGrid } from "./virtual-grid.tsx";

/** Everything that was made or brought in, with its recipe; dragged onto the canvas it is an Upload or a Prompt. */
export function GalleryDrawer() {
  const items = useGallery((state) => state.items);
  const loadMore = useGallery((state) => state.loadMore);
  useEffect(() => watchGallery(), []);
  const onEnd = useCallback(() => void loadMore(), [loadMore]);
  return (
    <DrawerList filter={<Filter />}>
      {items.length > 0 && (
        <VirtualGrid
          label="Media"
          count={items.length}
          keyOf={(index) => keyOf(items[index])}
          tile={(index, tabIndex) => items[index] && <GalleryTile item={items[index]} tabIndex={tabIndex} />}
          onEnd={onEnd}
          onDelete={(index) => items[index] && askToDelete(items[index])}
        />
      )}
      <Empty />
    </DrawerList>
  );
}

function keyOf(item: GalleryItem | undefined): string {
  return item?.source === "made" ? String(item.resultId) : (item?.sha256 ?? "");
}

function Filter() {
  const { everywhere, source, kind, text } = useGallery((state) => state.filter);
  const setFilter = useGallery((state) => state.setFilter);
  return (
    <>
      <SearchField
        label="Search the gallery"
        placeholder={source === "made" ? "Prompt, model, graph" : "Only results have words"}
        disabled={source === "brought"}
        value={source === "made" ? text : ""}
        onChange={(next) => setFilter({ text: next })}
      />
      <Segmented
        label="Whose media"
        value={everywhere ? "all" : "graph"}
        onChange={(value) => setFilter({ everywhere: value === "all" })}
        options={[
          { value: "graph", label: "This graph" },
          { value: "all", label: "All graphs" },
        ]}
      />
      <FilterChoices>
        <Select
          label="Where from"
          size="small"
          value={source}
          // Nobody brings in a text as a file.
          onChange={(value) =>
            setFilter({ source: value, ...(value === "brought" && kind === "text" ? { kind: "any" } : {}) })
          }
          options={[
            { value: "made", label: "Results" },
            { value: "brought", label: "Uploads" },
          ]}
        />
        <Select
          label="Kind"
          size="small"
          value={kind}
          onChange={(value) => setFilter({ kind: value })}
          options={(source === "made" ? kinds : kinds.filter((each) => each !== "text")).map((value) => ({
            value,
            label: value === "any" ? "All kinds" : kindPlurals[value],
          }))}
        />
      </FilterChoices>
    </>
  );
}

const kindPlurals = { image: "Images", video: "Videos", audio: "Sounds", text: "Texts" } as const;

function Empty() {
  const { filter, items, phase, failure, setFilter, refresh } = useGallery((state) => state);
  const isSlow = useIsSlow(phase === "loading" && items.length === 0);
  if (phase === "failed")
    return (
      <ListNote role="alert" text={`${failure?.message} ${failure?.remedy}`}>
        <Button size="small" onClick={() => void refresh()}>
          Try again
        </Button>
      </ListNote>
    );
  if (items.length > 0) return null;
  if (phase === "loading") return isSlow ? <ListNote role="status" text="Looking…" /> : null;
  const { everywhere, source, kind, text } = filter;
  const narrowed = kind !== "any" || (source === "made" && text.trim() !== "");
  const words = narrowed
    ? "Nothing matches."
    : source === "made"
      ? "What runs make is kept here, each with how it was made. Drag one onto the canvas to go on with it."
      : everywhere
        ? "Nothing was brought in yet. Drop a picture, video or sound onto the canvas."
        : "This graph uses no upload yet. Drop a picture, video or sound onto the canvas.";
  return (
    <ListNote role="status" text={words}>
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
    </ListNote>
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
