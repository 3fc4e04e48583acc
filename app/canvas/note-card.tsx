import { type NodeProps, NodeResizer } from "@xyflow/react";
import { memo } from "react";
import { note } from "../../src/nodes/note/definition.ts";
import { graphStore } from "../stores/graph.ts";
import { resizeNode } from "../stores/graph-edits.ts";
import { classNames } from "../ui/class-names.ts";
import { TextArea } from "../ui/text-field.tsx";
import type { FlowNode } from "./flow-types.ts";
import { useKeptLod } from "./kept-lod.ts";
import styles from "./note-card.module.css";
import tint from "./tint.module.css";

/** A sticky note: written on where it lies. */
export const NoteCard = memo(function NoteCard({ id, data: { node }, selected }: NodeProps<FlowNode>) {
  const [lod, keepsLod] = useKeptLod();
  const parsed = note.params.safeParse(node.data.params);
  const { text, color } = parsed.success ? parsed.data : note.params.parse({});
  return (
    <article
      {...keepsLod}
      className={classNames(styles["note"], tint["tint"])}
      aria-label={node.data.title ?? "Note"}
      data-node-id={id}
      data-node-type="note"
      data-tint={color}
      data-selected={selected ? "" : undefined}
    >
      <NodeResizer
        isVisible={selected}
        onResizeEnd={(_event, { x, y, width, height }) => resizeNode(id, { x, y, width, height })}
        minWidth={120}
        minHeight={64}
        handleClassName={tint["corner"] ?? ""}
        lineClassName={tint["edge"] ?? ""}
      />
      {lod === "full" ? (
        <TextArea
          className={`${styles["text"]} nodrag`}
          aria-label="Text"
          placeholder="A word to whoever opens this graph"
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
