import { ImageOff, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { mediaUrl, posterUrl } from "../stores/media-urls.ts";
import { duration } from "../words/words.ts";
import { AudioPlayer } from "./audio-player.tsx";
import { openLightbox } from "./lightbox-store.ts";
import styles from "./media-preview.module.css";
import { usualRatio } from "./ratio.ts";
import type { StoredMedia } from "./stored-media.ts";

export type MediaPreviewProps = {
  readonly media: StoredMedia;
  /** What it is a picture of, for who cannot see it: usually the node's title. */
  readonly title: string;
  /** Width by height of the room it is shown in; its own unless given. */
  readonly ratio?: number | undefined;
};

/** Of what is not known yet. */
export const DEFAULT_RATIO = 16 / 9;

/**
 * Shown at its natural aspect; the room is taken from its known size, so nothing jumps when it arrives. Where other media
 * stood before, these fade in over them.
 */
export function MediaPreview({ media, title, ratio }: MediaPreviewProps) {
  const before = useBefore(media);
  if (media.kind === "audio")
    return (
      <AudioPlayer key={media.sha256} sha256={media.sha256} durationMs={media.durationMs} title={title} />
    );
  return (
    <button
      type="button"
      className={styles["frame"]}
      style={{ aspectRatio: ratio ?? ratioOf(media) }}
      aria-label={`Look at ${title} large`}
      onClick={() => openLightbox(media, title)}
    >
      {before && before.kind !== "audio" && (
        <span
          className={styles["before"]}
          style={{ backgroundImage: `url("${posterUrl(before.sha256)}")` }}
        />
      )}
      {media.kind === "image" ? (
        <Picture key={media.sha256} sha256={media.sha256} title={title} />
      ) : (
        <Clip key={media.sha256} media={media} title={title} />
      )}
    </button>
  );
}

function ratioOf({ width, height }: StoredMedia): number {
  return width && height ? usualRatio(width / height) : DEFAULT_RATIO;
}

/** As long as the new ones fade in, in milliseconds; `--slow` in the tokens, and a little over. */
const FADE_MS = 240;

/** The media that stood here before these, until these are drawn. */
function useBefore(media: StoredMedia): StoredMedia | undefined {
  const [shown, setShown] = useState<{ now: StoredMedia; before?: StoredMedia }>({ now: media });
  if (shown.now.sha256 !== media.sha256) setShown({ now: media, before: shown.now });
  const isFading = shown.before !== undefined;
  useEffect(() => {
    if (!isFading) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      timer = setTimeout(() => setShown({ now: media }), FADE_MS);
    };
    const picture = new Image();
    picture.src = posterUrl(media.sha256);
    // One that cannot be drawn says so in its own place; what stood there before goes all the same.
    picture.decode().then(end, end);
    return () => clearTimeout(timer);
  }, [isFading, media]);
  return shown.before;
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
