import { AudioLines, ExternalLink, ImageOff } from "lucide-react";
import { type ReactNode, useState } from "react";
import { platformTitle, productWords } from "../../src/nodes/publish/platforms/platforms.ts";
import type { LedgerPost } from "../../src/studio/contract.ts";
import { openLightbox } from "../media/lightbox-store.ts";
import { EvidenceView } from "../runs/evidence-view.tsx";
import { useCommands } from "../stores/commands.ts";
import { documentsStore } from "../stores/documents.ts";
import { focusNode } from "../stores/focus-node.ts";
import { graphStore } from "../stores/graph.ts";
import { posterUrl } from "../stores/media-urls.ts";
import { runStore } from "../stores/run.ts";
import { historyStore, refreshHistory } from "../stores/run-history.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toasts.tsx";
import { postAddress } from "../words/post-address.ts";
import { accountWords, approverIds, postStatusIds } from "../words/post-words.ts";
import { ago, dateTime, t } from "../words/words.ts";
import styles from "./posts-drawer.module.css";

/** One line of the ledger; opened, it says all that is kept and takes a person's word on a doubt. */
export function PostRow({ post }: { readonly post: LedgerPost }) {
  const [isOpen, setOpen] = useState(false);
  const { platform, product, caption, standing, at, graphName } = post;
  return (
    <li className={styles["row"]} data-open={isOpen ? "" : undefined}>
      <button
        type="button"
        className={styles["head"]}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Thumbnail post={post} />
        <span className={styles["text"]}>
          <span className={styles["account"]}>
            <span className={styles["name"]} translate="no">
              {accountWords(post)}
            </span>
            <time dateTime={new Date(at).toISOString()}>{ago(at, Date.now())}</time>
          </span>
          <span className={styles["caption"]} translate="no">
            {caption || <em>{t("posts.noCaption")}</em>}
          </span>
          <span className={styles["facts"]}>
            <span className={styles["status"]} data-status={standing}>
              {t(postStatusIds[standing])}
            </span>
            {` · ${platformTitle(platform)} ${productWords(platform, product).toLowerCase()}`}
            {graphName && <span translate="no">{` · ${graphName}`}</span>}
          </span>
        </span>
      </button>
      {isOpen && <Details post={post} />}
    </li>
  );
}

function Thumbnail({ post: { mediaSha256, mediaKind } }: { readonly post: LedgerPost }) {
  const [isGone, setGone] = useState(false);
  return (
    <span className={styles["thumbnail"]}>
      {mediaSha256 === undefined || isGone ? (
        <ImageOff size={14} />
      ) : mediaKind === "audio" ? (
        <AudioLines size={14} />
      ) : (
        <img src={posterUrl(mediaSha256)} alt="" loading="lazy" onError={() => setGone(true)} />
      )}
    </span>
  );
}

function Details({ post }: { readonly post: LedgerPost }) {
  const { settlePost } = useCommands();
  const { runId, stepId, attempt, standing, mediaSha256, mediaKind, settledAt } = post;
  const address = postAddress(post.permalink);
  return (
    <div className={styles["details"]}>
      {standing === "open" && (
        <div className={styles["doubt"]}>
          <p>{t("posts.doubt", { kind: mediaKind })}</p>
          <div className={styles["buttons"]}>
            <Button size="small" onClick={() => settlePost({ runId, stepId, attempt }, "sent")}>
              {t("posts.wentOut")}
            </Button>
            <Button size="small" onClick={() => settlePost({ runId, stepId, attempt }, "not-sent")}>
              {t("posts.didNotGoOut")}
            </Button>
          </div>
          <EvidenceView runId={runId} stepId={stepId} />
        </div>
      )}
      {post.caption && (
        <p className={styles["whole"]} translate="no" data-selectable>
          {post.caption}
        </p>
      )}
      <dl className={styles["list-of-facts"]}>
        <Fact name={t("posts.sent")}>{dateTime(post.at)}</Fact>
        <Fact name={t("posts.approved")}>{t(approverIds[post.approvedBy])}</Fact>
        {settledAt !== undefined && (
          <Fact name={t("posts.settled")}>{t("posts.settledAt", { at: settledAt })}</Fact>
        )}
        <Fact name={t("posts.graph")}>{post.graphName || t("posts.unknown")}</Fact>
        <Fact name={t("posts.server")}>{post.serverLabel || t("posts.unknown")}</Fact>
        {post.jobId !== undefined && (
          <Fact name={t("posts.job")}>
            <code>{post.jobId}</code>
          </Fact>
        )}
      </dl>
      <div className={styles["buttons"]}>
        {address !== undefined && (
          <a className={styles["link"]} href={address} target="_blank" rel="noreferrer">
            <ExternalLink size={12} />
            {t("posts.see")}
          </a>
        )}
        {mediaSha256 !== undefined && (
          <Button
            size="small"
            look="quiet"
            onClick={() => openLightbox({ sha256: mediaSha256, kind: mediaKind }, t("posts.wasPosted"))}
          >
            {t("posts.lookAt", { kind: mediaKind })}
          </Button>
        )}
        {post.hasRun && (
          <Button size="small" look="quiet" onClick={() => void showRunOf(post)}>
            {t("posts.showRun")}
          </Button>
        )}
      </div>
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd data-selectable>{children}</dd>
    </>
  );
}

/** Puts the run that made a post on show, in its own graph. */
async function showRunOf({ runId, graphId, graphName, nodeId }: LedgerPost): Promise<void> {
  if (graphStore.getState().graph?.id !== graphId) {
    await documentsStore.getState().open(graphId);
    if (graphStore.getState().graph?.id !== graphId) return; // the trouble is told by who could not open it
  }
  if (historyStore.getState().graphId !== graphId) await refreshHistory(graphId);
  runStore.getState().show(runId);
  const isHere = graphStore.getState().graph?.nodes.some(({ id }) => id === nodeId);
  if (isHere) focusNode(nodeId);
  else toast({ title: t("posts.nodeGone", { graph: graphName }) });
}
