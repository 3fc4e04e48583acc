import type { PostPreview } from "../../src/engine/record.ts";
import { useParamWords } from "../forms/param-words.ts";
import { Clip, Picture } from "../media/media-preview.tsx";
import { useCommands } from "../stores/commands.ts";
import { mediaUrl, posterUrl } from "../stores/media-urls.ts";
import { Button } from "../ui/button.tsx";
import { itemName } from "../words/item-name.ts";
import { ago } from "../words/words.ts";
import type { WaitingPost } from "./approval-choice.ts";
import styles from "./approval-dialog.module.css";

/** One post as large as the dialog allows. */
export function LargePost({ waiting }: { readonly waiting: WaitingPost }) {
  const { post, itemPath } = waiting;
  const { media, caption } = post;
  const item = itemName(itemPath);
  return (
    <div className={styles["post"]}>
      <LargeMedia media={media} />
      <div className={styles["details"]}>
        <Held waiting={waiting} />
        <div className={styles["choices"]}>
          <HeldActions waiting={waiting} />
        </div>
        {item && (
          <section>
            <h3>Item</h3>
            <p>{item.keys}</p>
          </section>
        )}
        <section>
          <h3>Caption</h3>
          <p className={styles["caption"]} data-selectable>
            {caption || "No caption"}
          </p>
        </section>
        <dl className={styles["facts"]}>
          {useParamWords(post).map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}

/** What stands in the way of a yes, or must be known before it: an edit since, or an earlier post. */
export function Held({ waiting }: { readonly waiting: WaitingPost }) {
  const { outdated, post } = waiting;
  const said = heldWords(waiting);
  if (said === undefined) return null;
  const isBlocked = outdated !== undefined || post.blockedBy !== undefined;
  return (
    <p className={styles[isBlocked ? "blocked" : "warning"]} role="note" title={said}>
      {said}
    </p>
  );
}

function heldWords({ outdated, post }: WaitingPost): string | undefined {
  const { blockedBy, lastSentAt, media } = post;
  if (outdated !== undefined) return `${outdated} It is not approved until the change is made or taken back.`;
  if (blockedBy)
    return `The same ${media.kind} was sent to this account ${ago(blockedBy.at, Date.now())}, and nobody can say whether it went out. Look at the account, then say.`;
  if (lastSentAt === undefined) return undefined;
  return `The same ${media.kind} went to this account ${ago(lastSentAt, Date.now())}. This would post it again.`;
}

/** What takes away what stands in the way. */
export function HeldActions(props: { readonly waiting: WaitingPost; readonly tabIndex?: number }) {
  const { outdated, post, stepId } = props.waiting;
  const { renewPosts, settlePost } = useCommands();
  const { blockedBy } = post;
  const tab = props.tabIndex === undefined ? {} : { tabIndex: props.tabIndex };
  if (outdated !== undefined)
    return (
      <Button size="small" {...tab} onClick={() => renewPosts(stepId)}>
        Run again with the change
      </Button>
    );
  if (!blockedBy) return null;
  return (
    <>
      <Button size="small" {...tab} onClick={() => settlePost(blockedBy, "sent")}>
        It went out
      </Button>
      <Button size="small" {...tab} onClick={() => settlePost(blockedBy, "not-sent")}>
        It did not go out
      </Button>
    </>
  );
}

function LargeMedia({ media }: { readonly media: PostPreview["media"] }) {
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

/** At the size of a row: the whole picture, or a clip that plays while the pointer is over it. */
export function SmallMedia({
  media,
  title,
}: {
  readonly media: PostPreview["media"];
  readonly title: string;
}) {
  const { sha256 } = media;
  if (sha256 === undefined) return <span>On the server</span>;
  return media.kind === "video" ? (
    <Clip media={{ ...media, sha256 }} title={title} />
  ) : (
    <Picture sha256={sha256} title={title} />
  );
}
