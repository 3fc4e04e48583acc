import { AudioLines, Clapperboard, ImageOff } from "lucide-react";
import { useState } from "react";
import type { ShownMedia } from "../../src/studio/contract.ts";
import { posterUrl } from "../stores/media-urls.ts";
import styles from "./thumb.module.css";

/** A small square of some media: its poster, or a sign for what has none. Fills the place it is given. */
export function Thumb({ media }: { readonly media: ShownMedia }) {
  const [gone, setGone] = useState(false);
  const Icon = gone ? ImageOff : AudioLines;
  return (
    <span className={styles["thumb"]} data-kind={media.kind}>
      {media.kind === "audio" || gone ? (
        <Icon size={16} />
      ) : (
        <img
          src={posterUrl(media.sha256)}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setGone(true)}
        />
      )}
      {media.kind === "video" && !gone && <Clapperboard className={styles["badge"] ?? ""} size={10} />}
    </span>
  );
}
