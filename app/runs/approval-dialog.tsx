import type { PostPreview } from "../../src/engine/events.ts";
import { withHints } from "../../src/nodes/form.ts";
import { useCommands } from "../commands.ts";
import { focusNode } from "../focus-node.ts";
import { fieldsOf } from "../inspector/form.ts";
import { mediaUrl, posterUrl } from "../media-urls.ts";
import { useCatalogue } from "../stores/catalogue.ts";
import { useRun } from "../stores/run.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ago } from "../words.ts";
import styles from "./consent-dialog.module.css";
import { platformName } from "./platform-name.ts";
import { runControlStore, useRunControl } from "./run-control.ts";

const close = () => runControlStore.setState({ approval: undefined });

/** The exact post, and a person's yes to exactly that. */
export function ApprovalDialog() {
  const { approve, decline } = useCommands();
  const stepId = useRunControl((state) => state.approval);
  const server = useRun((state) => state.run?.serverLabel);
  const step = useRun((state) => (stepId === undefined ? undefined : state.run?.steps.get(stepId)));
  const post = step?.status.kind === "waiting-for-approval" ? step.status.post : undefined;
  const account = post?.accountName ?? post?.accountId ?? "";
  return (
    <Dialog
      open={post !== undefined}
      onClose={close}
      wide
      modalOnly
      title={post ? `Post to ${account} on ${platformName(post.platform)}?` : ""}
      description={`On ${server ?? "the server"}. Nothing is posted until you approve; changing anything asks again.`}
      footer={
        step &&
        post && (
          <>
            <Button
              look="quiet"
              onClick={() => {
                close();
                focusNode(step.nodeId);
              }}
            >
              Change
            </Button>
            <Button onClick={() => decline(step.stepId)}>Skip this post</Button>
            <Button look="primary" onClick={() => approve(step.stepId, post.digest)}>
              Approve and post
            </Button>
          </>
        )
      }
    >
      {post && <Post post={post} />}
    </Dialog>
  );
}

function Post({ post }: { readonly post: PostPreview }) {
  const { media, caption, params, lastSentAt } = post;
  const target = useCatalogue().publishTargets.find(({ platform }) => platform === post.platform);
  const fields = target ? fieldsOf({ path: "", schema: withHints(target.params) }) : [];
  return (
    <div className={styles["post"]}>
      <Media media={media} />
      <div className={styles["details"]}>
        {lastSentAt !== undefined && (
          <p className={styles["warning"]}>
            The same {media.kind} went to this account {ago(lastSentAt, Date.now())}. This would post it
            again.
          </p>
        )}
        <section>
          <h3>Caption</h3>
          <p className={styles["caption"]} data-selectable>
            {caption || "No caption"}
          </p>
        </section>
        {Object.entries(params).map(([name, value]) => (
          <section key={name}>
            <h3>{fields.find(({ path }) => path === name)?.label ?? name}</h3>
            <p>{typeof value === "string" ? value : JSON.stringify(value)}</p>
          </section>
        ))}
      </div>
    </div>
  );
}

function Media({ media }: { readonly media: PostPreview["media"] }) {
  if (media.sha256 === undefined)
    return (
      <p className={styles["media"]}>The {media.kind} lies on the server; its preview was not fetched yet.</p>
    );
  if (media.kind === "video")
    return (
      // biome-ignore lint/a11y/useMediaCaption: generated media has no captions to show
      <video
        className={styles["media"]}
        src={mediaUrl(media.sha256)}
        poster={posterUrl(media.sha256)}
        controls
        loop
      />
    );
  return <img className={styles["media"]} src={mediaUrl(media.sha256)} alt="What would be posted" />;
}
