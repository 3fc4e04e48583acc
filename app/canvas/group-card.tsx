import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { group } from "../../src/nodes/group/definition.ts";
import { classNames } from "../ui/class-names.ts";
import { t } from "../words/words.ts";
import type { FlowNode } from "./flow-types.ts";
import styles from "./group-card.module.css";
import { NodeTitle } from "./node-title.tsx";
import { Resizer } from "./resizer.tsx";
import tint from "./tint.module.css";

/** A frame around nodes that belong together; it moves them, and stands behind them. */
export const GroupCard = memo(function GroupCard({ id, data: { node }, selected }: NodeProps<FlowNode>) {
  const parsed = group.params.safeParse(node.data.params);
  const { color } = parsed.success ? parsed.data : group.params.parse({});
  const title = node.data.title ?? t("canvas.groupTitle");
  return (
    <section
      className={classNames(styles["group"], tint["tint"])}
      aria-label={title}
      data-node-id={id}
      data-node-type="group"
      data-tint={color}
      data-selected={selected ? "" : undefined}
    >
      <Resizer id={id} isVisible={selected} minWidth={160} minHeight={100} />
      <header className={styles["header"]}>
        <NodeTitle id={id} title={title} custom={node.data.title} />
      </header>
    </section>
  );
});
