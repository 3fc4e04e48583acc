import { useEffect } from "react";
import { useStore } from "zustand";
import { isPost, type StepState } from "../../src/engine/record.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { Clip, Picture } from "../media/media-preview.tsx";
import { NodeIcon } from "../node-look/node-icon.tsx";
import type { NodeView } from "../stores/graph-view.ts";
import { runStore } from "../stores/run.ts";
import { refreshAccounts, useAccounts } from "../stores/server.ts";
import { accountWords } from "../words/post-words.ts";
import styles from "./card-cover.module.css";
import { postedMedia, shownMedia } from "./card-media.ts";
import { coverWords } from "./cover-words.ts";

export type CardCoverProps = {
  readonly node: GraphNode;
  readonly view: NodeView | undefined;
  readonly title: string;
  readonly step: StepState | undefined;
  /** Farthest out: the picture covers all, and the title stands on it as large as it can. */
  readonly swatch: boolean;
};

/** What a card shows from afar: its picture, its first words, or what kind of node it is. */
export function CardCover({ node, view, title, step, swatch }: CardCoverProps) {
  const posted = useStore(runStore, ({ run }) => postedMedia(node, step, run));
  const media = shownMedia(node, step) ?? posted;
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
      ) : swatch ? (
        <Kind node={node} size={72} />
      ) : (
        <Words node={node} view={view} step={step} />
      )}
      {swatch && <span className={styles["title"]}>{title}</span>}
    </div>
  );
}

function Kind({ node, size }: { readonly node: GraphNode; readonly size: number }) {
  return (
    <span className={styles["plain"]}>
      <NodeIcon type={node.type} params={node.data.params} size={size} />
    </span>
  );
}

/** Large enough to be read at the size that such a card is shown in. */
function Words({ node, view, step }: Pick<CardCoverProps, "node" | "view" | "step">) {
  const params = view?.description?.params ?? node.data.params;
  const words = coverWords({
    node,
    params,
    step,
    wired: new Set(
      view?.inputs.flatMap(({ param, wires }) => (param !== undefined && wires > 0 ? [param] : [])),
    ),
    accountName: useAccountName(isPost(node) ? params["accountId"] : undefined),
  });
  if (!words) return <Kind node={node} size={48} />;
  return (
    <div className={styles["words"]}>
      {words.lead && <p className={styles["lead"]}>{words.lead}</p>}
      {words.about && <p className={styles["about"]}>{words.about}</p>}
      {words.text && <p className={styles["text"]}>{words.text}</p>}
    </div>
  );
}

function useAccountName(accountId: unknown): string | undefined {
  const isUnknown = useAccounts(({ phase }) => phase === "unknown");
  const found = useAccounts(({ found: accounts }) =>
    accountId === undefined ? undefined : accounts.find((account) => account.accountId === accountId),
  );
  useEffect(() => {
    if (accountId !== undefined && isUnknown) void refreshAccounts();
  }, [accountId, isUnknown]);
  return typeof accountId === "string"
    ? accountWords({ accountName: found?.username, accountId })
    : undefined;
}
