import { useMemo } from "react";
import { useStore } from "zustand";
import { itemsOf } from "../../src/graph/lists/items.ts";
import { platformTitle } from "../../src/nodes/publish/platforms/platforms.ts";
import { useParamWords } from "../forms/param-words.ts";
import { Thumb } from "../media/thumb.tsx";
import { graphViewStore } from "../stores/graph-view.ts";
import { Button } from "../ui/button.tsx";
import { useRovingRows } from "../ui/roving-rows.ts";
import { itemName } from "../words/item-name.ts";
import { accountWords } from "../words/post-words.ts";
import { isHeld, type WaitingPost } from "./approval-choice.ts";
import styles from "./approval-dialog.module.css";
import { ParamList } from "./param-list.tsx";
import { Held, SmallMedia } from "./post-view.tsx";
import type { Seen } from "./use-seen.ts";

/** As in the style sheet. */
const ROW_PX = 208;

export type ApprovalListProps = {
  readonly posts: readonly WaitingPost[];
  readonly ticked: ReadonlySet<string>;
  readonly seen: Seen;
  /** The row that has the focus, or had it last. */
  readonly current: number;
  readonly onMove: (index: number) => void;
  readonly onTick: (key: string, ticked: boolean) => void;
  readonly onSkip: (post: WaitingPost) => void;
};

/** Every post that waits, whole and exact. Only the rows in sight are drawn, so there may be any number of them. */
export function ApprovalList(props: ApprovalListProps) {
  const { posts, ticked, seen, current, onMove, onTick, onSkip } = props;
  const rows = useRovingRows(posts.length, ROW_PX, current, onMove);

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot scroll in every browser
    <div
      ref={rows.ref}
      role="group"
      className={styles["list"]}
      aria-label="Posts that wait for your approval"
      onKeyDown={rows.onKeyDown}
    >
      <div className={styles["rows"]} style={{ height: posts.length * ROW_PX }}>
        {posts.slice(rows.from, rows.to).map((waiting, offset) => {
          const index = rows.from + offset;
          return (
            <div
              key={waiting.key}
              ref={seen.watch(waiting.key)}
              data-row={index}
              data-seen={seen.keys.has(waiting.key) ? "" : undefined}
              className={styles["row"]}
              style={{ transform: `translateY(${index * ROW_PX}px)` }}
            >
              <Row
                waiting={waiting}
                isTicked={ticked.has(waiting.key)}
                isCurrent={index === current}
                onFocus={() => rows.onFocus(index)}
                onTick={(next) => onTick(waiting.key, next)}
                onSkip={() => onSkip(waiting)}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

type RowProps = {
  readonly waiting: WaitingPost;
  readonly isTicked: boolean;
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
  readonly onTick: (ticked: boolean) => void;
  readonly onSkip: () => void;
};

function Row({ waiting, isTicked, isCurrent, onFocus, onTick, onSkip }: RowProps) {
  const { post, title, itemPath } = waiting;
  const index = useStore(graphViewStore, (state) => state.index);
  const item = useMemo(() => itemName(itemPath, index && itemsOf(index).tables), [itemPath, index]);
  const params = useParamWords(post);
  const where = `${accountWords(post)} on ${platformTitle(post.platform)}`;
  return (
    <>
      <label className={styles["tick"]}>
        <input
          type="checkbox"
          aria-label={`Approve: ${title}${item ? `, ${item.keys}` : ""}, to ${where}`}
          checked={isTicked}
          aria-disabled={isHeld(waiting)}
          tabIndex={isCurrent ? 0 : -1}
          onFocus={onFocus}
          onChange={(event) => {
            if (!isHeld(waiting)) onTick(event.target.checked);
          }}
        />
      </label>
      <span className={styles["thumbnail"]}>
        <SmallMedia media={post.media} title="What would be posted" />
      </span>
      <div className={styles["row-text"]}>
        <p className={styles["where"]}>
          {item && (
            <span className={styles["item"]} title={item.words}>
              {item.file && <Thumb media={item.file} />}
              <b>{item.keys}</b>
            </span>
          )}
          <b>{where}</b>
          <span>{title}</span>
        </p>
        <Held waiting={waiting} />
        <p className={styles["row-caption"]} data-selectable>
          {post.caption || <em>No caption</em>}
        </p>
        <ParamList params={params} className={styles["params"]} />
      </div>
      <Button size="small" look="quiet" tabIndex={isCurrent ? 0 : -1} onClick={onSkip}>
        {waiting.outdated === undefined ? "Skip" : "Discard"}
      </Button>
    </>
  );
}
