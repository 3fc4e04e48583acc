import type { StepState } from "../../src/engine/run-state.ts";
import type { GraphNode } from "../../src/graph/schema.ts";
import { Clip, Picture } from "../media/media-preview.tsx";
import styles from "./card-cover.module.css";
import { shownMedia } from "./card-media.ts";
import { NodeIcon } from "./node-icon.tsx";

export type CardCoverProps = {
  readonly node: GraphNode;
  readonly title: string;
  readonly step: StepState | undefined;
  /** Farthest out: the picture covers all, and the title stands on it as large as it can. */
  readonly swatch: boolean;
};

/** What a card shows from afar: its picture, or what kind of node it is. */
export function CardCover({ node, title, step, swatch }: CardCoverProps) {
  const media = shownMedia(node, step);
  const picture = media && media.kind !== "audio" ? media : undefined;
  return (
    <div className={styles["cover"]} data-swatch={swatch ? "" : undefined}>
      {picture ? (
        <span className={styles["picture"]}>
          {picture.kind === "video" && !swatch ? (
            <Clip key={picture.sha256} media={picture} title={title} />
          ) : (
            <Picture key={picture.sha256} sha256={picture.sha256} title={title} />
          )}
        </span>
      ) : (
        <span className={styles["plain"]}>
          <NodeIcon type={node.type} params={node.data.params} size={swatch ? 72 : 48} />
        </span>
      )}
      {swatch && <span className={styles["title"]}>{title}</span>}
    </div>
  );
}
