import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { note } from "../../src/nodes/note/definition.ts";
import { graphStore } from "../stores/graph.ts";
import { classNames } from "../ui/class-names.ts";
import { TextArea } from "../ui/text-field.tsx";
import { t } from "../words/words.ts";
import type { FlowNode } from "./flow-types.ts";
import { useKeptLod } from "./kept-lod.ts";
import { NodeTitle, useIsRenaming } from "./node-title.tsx";
import styles from "./note-card.module.css";
import { Resizer } from "./resizer.tsx";
import tint from "./tint.module.css";

/** A sticky note: written on where it lies. */
export const NoteCard = memo(function NoteCard({ id, data: { node }, selected }: NodeProps<FlowNode>) {
  const [lod, keepsLod] = useKeptLod();
  const parsed = note.params.safeParse(node.data.params);
  const isRenaming = useIsRenaming(id);
  const title = node.data.title ?? t("canvas.noteTitle");
  const { text, color } = parsed.success ? parsed.data : note.params.parse({});
  return (
    <article
      {...keepsLod}
      className={classNames(styles["note"], tint["tint"])}
      aria-label={title}
      data-node-id={id}
      data-node-type="note"
      data-tint={color}
      data-selected={selected ? "" : undefined}
    >
      <Resizer id={id} isVisible={selected} minWidth={120} minHeight={64} />
      {(isRenaming || node.data.title !== undefined) && (
        <header className={styles["header"]}>
          <NodeTitle id={id} title={title} custom={node.data.title} />
        </header>
      )}
      {lod === "full" ? (
        <TextArea
          className={`${styles["text"]} nodrag`}
          aria-label={t("canvas.text")}
          placeholder={t("canvas.noteHint")}
          value={text}
          onChange={({ currentTarget }) =>
            graphStore
              .getState()
              .edit(
                { type: "params", id, params: { ...node.data.params, text: currentTarget.value } },
                { merge: `${id}.text` },
              )
          }
        />
      ) : (
        <p className={styles["far"]}>{text}</p>
      )}
    </article>
  );
});
