import { useMemo } from "react";
import { useStore } from "zustand";
import { itemsOf } from "../../src/graph/lists/items.ts";
import { platformTitle } from "../../src/nodes/publish/platforms/platforms.ts";
import { useParamWords } from "../forms/param-words.ts";
import { Thumb } from "../media/thumb.tsx";
import { graphViewStore } from "../stores/graph-view.ts";
import { Button } from "../ui/button.tsx";
import { itemName } from "../words/item-name.ts";
import { accountWords } from "../words/post-words.ts";
import { isHeld, type WaitingPost } from "./approval-choice.ts";
import styles from "./approval-dialog.module.css";
import { ParamList } from "./param-list.tsx";
import { Held, HeldActions, SmallMedia } from "./post-view.tsx";
import { Tick, TickList } from "./tick-list.tsx";
import type { Seen } from "./use-seen.ts";

export type ApprovalListProps = {
  readonly posts: readonly WaitingPost[];
  readonly ticked: ReadonlySet<string>;
  readonly seen: Seen;
  /** The row that has the focus, or had it last. */
  readonly current: number;
  readonly onMove: (index: number) => void;
  readonly onTick: (key: string, ticked: boolean) => void;
  readonly onSkip: (post: WaitingPost) => void;
  readonly onWhole: (key: string) => void;
};

/** Every post that waits, so that several are seen at once; a long caption is read in the whole post. */
export function ApprovalList(props: ApprovalListProps) {
  const { posts, ticked, seen, current, onMove, onTick, onSkip, onWhole } = props;
  return (
    <TickList
      label="Posts that wait for your approval"
      items={posts}
      keyOf={({ key }) => key}
      rowPx={128}
      current={current}
      onMove={onMove}
      watch={seen.watch}
      row={(waiting, place) => (
        <Row
          {...place}
          waiting={waiting}
          isTicked={ticked.has(waiting.key)}
          onTick={(next) => onTick(waiting.key, next)}
          onSkip={() => onSkip(waiting)}
          onWhole={() => onWhole(waiting.key)}
        />
      )}
    />
  );
}

type RowProps = {
  readonly waiting: WaitingPost;
  readonly isTicked: boolean;
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
  readonly onTick: (ticked: boolean) => void;
  readonly onSkip: () => void;
  readonly onWhole: () => void;
};

function Row({ waiting, isTicked, isCurrent, onFocus, onTick, onSkip, onWhole }: RowProps) {
  const { post, title, itemPath } = waiting;
  const index = useStore(graphViewStore, (state) => state.index);
  const item = useMemo(() => itemName(itemPath, index && itemsOf(index).tables), [itemPath, index]);
  const params = useParamWords(post);
  const where = `${accountWords(post)} on ${platformTitle(post.platform)}`;
  const name = `${title}${item ? `, ${item.keys}` : ""}, to ${where}`;
  const tabIndex = isCurrent ? 0 : -1;
  return (
    <>
      <Tick
        label={`Approve: ${name}`}
        checked={isTicked}
        isHeld={isHeld(waiting)}
        isCurrent={isCurrent}
        onFocus={onFocus}
        onChange={onTick}
      />
      <div className={styles["row"]}>
        <button
          type="button"
          className={styles["thumbnail"]}
          aria-label={`Show the whole post: ${name}`}
          tabIndex={tabIndex}
          onClick={onWhole}
        >
          <SmallMedia media={post.media} title="What would be posted" />
        </button>
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
        <div className={styles["row-buttons"]}>
          <HeldActions waiting={waiting} tabIndex={tabIndex} />
          <Button size="small" look="quiet" tabIndex={tabIndex} onClick={onWhole}>
            Whole post
          </Button>
          <Button size="small" look="quiet" tabIndex={tabIndex} onClick={onSkip}>
            {waiting.outdated === undefined ? "Skip" : "Discard"}
          </Button>
        </div>
      </div>
    </>
  );
}
