import { openTextLightbox } from "./lightbox-store.ts";
import styles from "./text-preview.module.css";

export type TextPreviewProps = { readonly text: string; readonly title: string };

/** The first lines; a press shows it whole. */
export function TextPreview({ text, title }: TextPreviewProps) {
  return (
    <button
      type="button"
      className={styles["preview"]}
      aria-label={`Read ${title} whole`}
      onClick={() => openTextLightbox(text, title)}
    >
      <span className={styles["text"]}>{text}</span>
    </button>
  );
}
