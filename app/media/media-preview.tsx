import { ImageOff, Play } from "lucide-react";
import { useRef, useState } from "react";
import { mediaUrl, posterUrl } from "../stores/media-urls.ts";
import { duration } from "../words/amounts.ts";
import { AudioPlayer } from "./audio-player.tsx";
import { openLightbox } from "./lightbox-store.ts";
import styles from "./media-preview.module.css";
import type { StoredMedia } from "./stored-media.ts";

export type MediaPreviewProps = {
  readonly media: StoredMedia;
  /** What it is a picture of, for who cannot see it: usually the node's title. */
  readonly title: string;
};

/** Shown at its natural aspect; the room is taken from its known size, so nothing jumps when it arrives. */
export function MediaPreview({ media, title }: MediaPreviewProps) {
  if (media.kind === "audio")
    return (
      <AudioPlayer key={media.sha256} sha256={media.sha256} durationMs={media.durationMs} title={title} />
    );
  return (
    <button
      type="button"
      className={styles["frame"]}
      style={{ aspectRatio: aspectOf(media) }}
      aria-label={`Look at ${title} large`}
      onClick={() => openLightbox(media, title)}
    >
      {media.kind === "image" ? (
        <Picture key={media.sha256} sha256={media.sha256} title={title} />
      ) : (
        <Clip key={media.sha256} media={media} title={title} />
      )}
    </button>
  );
}

function aspectOf({ width, height }: StoredMedia): string {
  return width && height ? `${width} / ${height}` : "16 / 9";
}

/** A picture, or a video's poster, at card size. */
export function Picture({ sha256, title }: { readonly sha256: string; readonly title: string }) {
  const [state, setState] = useState<"loading" | "shown" | "failed" | "gone">("loading");
  if (state === "failed" || state === "gone")
    return (
      <span className={styles["gone"]}>
        <ImageOff size={16} />
        {state === "gone" ? "Its file is no longer in the library" : "The preview cannot be shown"}
      </span>
    );
  const fail = async () => {
    setState("failed");
    // A picture only says that it failed; the address says why.
    const answer = await fetch(mediaUrl(sha256), { method: "HEAD" }).catch(() => undefined);
    if (answer?.status === 404) setState("gone");
  };
  return (
    <img
      className={styles["media"]}
      src={posterUrl(sha256)}
      alt={title}
      draggable={false}
      decoding="async"
      data-shown={state === "shown" ? "" : undefined}
      onLoad={() => setState("shown")}
      onError={() => void fail()}
    />
  );
}

/** Its poster first; plays without sound while the pointer is over it. */
export function Clip({ media, title }: { readonly media: StoredMedia; readonly title: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const [failed, setFailed] = useState(false);
  const play = () => {
    // Leaving before it could start rejects; there is nothing to do about it.
    video.current?.play().catch(() => undefined);
  };
  const stop = () => {
    if (!video.current) return;
    video.current.pause();
    video.current.currentTime = 0;
  };
  if (failed) return <Picture sha256={media.sha256} title={title} />;
  return (
    <>
      <video
        ref={video}
        className={styles["media"]}
        src={mediaUrl(media.sha256)}
        poster={posterUrl(media.sha256)}
        preload="none"
        aria-label={title}
        data-shown=""
        muted
        loop
        playsInline
        onPointerEnter={play}
        onPointerLeave={stop}
        onError={() => setFailed(true)}
      />
      <span className={styles["badge"]}>
        <Play size={10} fill="currentColor" />
        {media.durationMs !== undefined && duration(media.durationMs)}
      </span>
    </>
  );
}
