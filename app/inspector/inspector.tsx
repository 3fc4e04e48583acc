import { useGraph } from "../stores/graph.ts";
import styles from "../ui/panel.module.css";
import { GraphOverview } from "./graph-overview.tsx";
import { NodeInspector } from "./node-inspector.tsx";
import { SelectionInspector } from "./selection-inspector.tsx";

/** Follows the selection: one node, several, or the graph itself. */
export function Inspector() {
  const selected = useGraph((state) => state.selectedNodeIds);
  const nodes = useGraph((state) => state.graph?.nodes);
  const [only] = selected;
  const node = selected.size === 1 ? nodes?.find(({ id }) => id === only) : undefined;
  return (
    <aside className={styles["inspector"]} aria-label="Inspector">
      {node ? (
        <NodeInspector key={node.id} node={node} />
      ) : selected.size > 1 ? (
        <SelectionInspector nodeIds={[...selected]} />
      ) : (
        <GraphOverview />
      )}
    </aside>
  );
}
