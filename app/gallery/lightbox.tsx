import { Dialog } from "@base-ui/react/dialog";
import { ArrowLeft, Copy, Download, X } from "lucide-react";
import { useStore } from "zustand";
import { AudioPlayer } from "../media/audio-player.tsx";
import {
  backInLightbox,
  closeLightbox,
  type LightboxContent,
  lightboxStore,
} from "../media/lightbox-store.ts";
import type { StoredMedia } from "../media/stored-media.ts";
import { downloadUrl, mediaUrl, posterUrl } from "../stores/media-urls.ts";
import { IconButton } from "../ui/button.tsx";
import { duration } from "../words/words.ts";
import { copyText } from "./copy-text.ts";
import styles from "./lightbox.module.css";
import { RecipePanel } from "./recipe-panel.tsx";

/** Mounted once, by the canvas. */
export function Lightbox() {
  const content = useStore(lightboxStore, (state) => state.content);
  return (
    <Dialog.Root open={content !== undefined} onOpenChange={(open) => !open && closeLightbox()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles["backdrop"]} />
        <Dialog.Popup className={styles["lightbox"]} data-modal="">
          {content && <Content content={content} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Content({ content }: { readonly content: LightboxContent }) {
  const canGoBack = useStore(lightboxStore, (state) => state.trail.length > 0);
  return (
    <>
      <header className={styles["header"]}>
        {canGoBack && (
          <IconButton label="Back to what was made from it" onClick={backInLightbox}>
            <ArrowLeft size={16} />
          </IconButton>
        )}
        <Dialog.Title className={styles["title"]}>{content.title}</Dialog.Title>
        {content.kind === "media" && <Facts media={content.media} />}
        <span className={styles["space"]} />
        {content.kind === "text" && (
          <IconButton label="Copy text" onClick={() => void copyText(content.text, "Text")}>
            <Copy size={16} />
          </IconButton>
        )}
        {content.kind === "media" && (
          <IconButton label="Download" onClick={() => download(content.media, content.title)}>
            <Download size={16} />
          </IconButton>
        )}
        <Dialog.Close
          render={
            <IconButton label="Close">
              <X size={16} />
            </IconButton>
          }
        />
      </header>
      <div className={styles["main"]}>
        <div className={styles["stage"]}>
          {content.kind === "text" ? (
            <p className={styles["text"]} data-selectable="">
              {content.text}
            </p>
          ) : (
            <Large key={content.media.sha256} media={content.media} title={content.title} />
          )}
        </div>
        {content.kind === "media" ? (
          <RecipePanel
            result={{ sha256: content.media.sha256, resultId: content.resultId }}
            title={content.title}
          />
        ) : (
          content.result && <RecipePanel result={content.result} title={content.title} />
        )}
      </div>
    </>
  );
}

function Large({ media, title }: { readonly media: StoredMedia; readonly title: string }) {
  switch (media.kind) {
    case "image":
      return <img className={styles["media"]} src={mediaUrl(media.sha256)} alt={title} />;
    case "video":
      return (
        // biome-ignore lint/a11y/useMediaCaption: nobody has captions for a generated clip
        <video
          className={styles["media"]}
          src={mediaUrl(media.sha256)}
          poster={posterUrl(media.sha256)}
          controls
          autoPlay
          loop
          playsInline
        />
      );
    case "audio":
      return (
        <div className={styles["audio"]}>
          <AudioPlayer sha256={media.sha256} durationMs={media.durationMs} title={title} />
        </div>
      );
    default:
      return media.kind satisfies never;
  }
}

function Facts({ media }: { readonly media: StoredMedia }) {
  const facts = [
    media.width && media.height ? `${media.width} × ${media.height}` : undefined,
    media.durationMs === undefined ? undefined : duration(media.durationMs),
  ].filter(Boolean);
  return <span className={styles["facts"]}>{facts.join(" · ")}</span>;
}

function download(media: StoredMedia, title: string): void {
  const link = document.createElement("a");
  link.href = downloadUrl(media.sha256, media.name ?? title);
  link.download = "";
  link.click();
}
