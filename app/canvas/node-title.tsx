import { useEffect, useState } from "react";
import { graphStore } from "../stores/graph.ts";
import { shellStore, useShell } from "../stores/shell.ts";
import { t } from "../words/words.ts";
import styles from "./node-title.module.css";

/** Begins to write a node's title; one at a time. */
export function startRenaming(nodeId: string): void {
  shellStore.setState({ renaming: nodeId });
}

const endRenaming = () => shellStore.setState({ renaming: undefined });

export type NodeTitleProps = {
  readonly id: string;
  readonly title: string;
  /** The person's own, which may be empty. */
  readonly custom: string | undefined;
};

/** Whether this node's title is being written. */
export function useIsRenaming(nodeId: string): boolean {
  return useShell(({ renaming }) => renaming === nodeId);
}

/** A double click renames; an empty name gives the type's own back. */
export function NodeTitle({ id, title, custom }: NodeTitleProps) {
  const isRenaming = useIsRenaming(id);
  if (isRenaming) return <TitleField id={id} title={title} custom={custom} />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: F2 and the menu rename too
    <span className={styles["title"]} title={title} onDoubleClick={() => startRenaming(id)}>
      {title}
    </span>
  );
}

function TitleField({ id, title, custom }: NodeTitleProps) {
  const [text, setText] = useState(custom ?? title);
  useEffect(() => endRenaming, []);
  const end = (keep: boolean) => {
    endRenaming();
    const name = text.trim();
    if (keep && name !== (custom ?? title))
      graphStore.getState().edit({ type: "title", id, title: name === "" ? undefined : name });
  };
  return (
    <input
      className={`${styles["field"]} nodrag`}
      aria-label={t("canvas.title")}
      value={text}
      // biome-ignore lint/a11y/noAutofocus: it appears because the person asked to write here
      autoFocus
      onFocus={({ currentTarget }) => currentTarget.select()}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        if (event.key === "Enter") end(true);
        if (event.key !== "Escape") return;
        // Leaving the field keeps what was written, so it must not be left a second time.
        event.preventDefault();
        end(false);
      }}
    />
  );
}
