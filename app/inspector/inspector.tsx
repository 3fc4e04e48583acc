import { Play, Trash2 } from "lucide-react";
import { useCommands } from "../stores/commands.ts";
import { graphStore, useGraph } from "../stores/graph.ts";
import { useUnderWay } from "../stores/run-history.ts";
import { Button } from "../ui/button.tsx";
import styles from "../ui/panel.module.css";
import { t } from "../words/words.ts";
import { GraphOverview } from "./graph-overview.tsx";
import { NodeInspector } from "./node-inspector.tsx";

/** Follows the selection: one node, several, or the graph itself. */
export function Inspector() {
  const selected = useGraph((state) => state.selectedNodeIds);
  const nodes = useGraph((state) => state.graph?.nodes);
  const [only] = selected;
  const node = selected.size === 1 ? nodes?.find(({ id }) => id === only) : undefined;
  return (
    <aside className={styles["inspector"]} aria-label={t("inspector.inspector")}>
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

function SelectionInspector({ nodeIds }: { readonly nodeIds: readonly string[] }) {
  const { run } = useCommands();
  const running = useUnderWay();
  return (
    <>
      <header className={styles["head"]}>
        <h2>{t("inspector.selected", { nodes: nodeIds.length })}</h2>
        <p className={styles["description"]}>{t("inspector.runTakesNeeds")}</p>
      </header>
      <section className={styles["section"]}>
        <div className={styles["buttons"]}>
          <Button disabled={running} onClick={() => run({ kind: "only", nodeIds: [...nodeIds] })}>
            <Play size={12} />
            {t("inspector.runSelection")}
          </Button>
          <Button
            onClick={() => graphStore.getState().edit({ type: "remove", nodeIds: [...nodeIds], edgeIds: [] })}
          >
            <Trash2 size={12} />
            {t("inspector.delete")}
          </Button>
        </div>
      </section>
    </>
  );
}
