import { Copy } from "lucide-react";
import { openLightbox, openTextLightbox } from "../media/lightbox-store.ts";
import { Thumb } from "../media/thumb.tsx";
import { setDragData } from "../stores/drag-data.ts";
import { IconButton } from "../ui/button.tsx";
import { toast } from "../ui/toasts.tsx";
import { duration } from "../words/words.ts";
import { copyText } from "./copy-text.ts";
import {
  type GalleryItem,
  isText,
  kindWords,
  type MediaItem,
  type TextItem,
  wholeText,
} from "./gallery-items.ts";
import styles from "./gallery-tile.module.css";
import { uploadFileOf } from "./upload-file.ts";

type TileProps<Item> = { readonly item: Item; readonly tabIndex: 0 | -1 };

/** One result: opened by a press, dragged onto the canvas to go on with it. */
export function GalleryTile({ item, tabIndex }: TileProps<GalleryItem>) {
  return isText(item) ? (
    <TextTile item={item} tabIndex={tabIndex} />
  ) : (
    <MediaTile item={item} tabIndex={tabIndex} />
  );
}

function MediaTile({ item, tabIndex }: TileProps<MediaItem>) {
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

function TextTile({ item, tabIndex }: TileProps<TextItem>) {
  const { title, content, excerpt, sha256, resultId } = item;
  const withWhole = async (use: (text: string) => unknown) => {
    const text = await wholeText(item);
    if (text === undefined) return toast({ title: `“${title}” could not be read.`, look: "danger" });
    use(text);
  };
  return (
    <span className={styles["frame"]}>
      <button
        type="button"
        data-tile=""
        tabIndex={tabIndex}
        draggable
        className={styles["tile"]}
        aria-label={`${title}, text: ${content.slice(0, 80)}`}
        // What is dragged has to be there at once, and a list has all of any but the longest text.
        onDragStart={(event) => setDragData(event.dataTransfer, { kind: "text", text: content })}
        onClick={() => void withWhole((text) => openTextLightbox(text, title, { sha256, resultId }))}
      >
        <span className={styles["picture"]}>
          <span className={styles["words"]}>{content}</span>
        </span>
        <span className={styles["title"]}>{excerpt || title}</span>
      </button>
      <IconButton
        size="small"
        label="Copy text"
        tabIndex={tabIndex}
        className={styles["copy"]}
        onClick={() => void withWhole((text) => copyText(text, "Text"))}
      >
        <Copy size={12} />
      </IconButton>
    </span>
  );
}
