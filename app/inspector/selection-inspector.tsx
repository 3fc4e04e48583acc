import { Play, Trash2 } from "lucide-react";
import { useCommands } from "../stores/commands.ts";
import { graphStore } from "../stores/graph.ts";
import { useUnderWay } from "../stores/run-history.ts";
import { Button } from "../ui/button.tsx";
import styles from "../ui/panel.module.css";
import { count } from "../words/amounts.ts";

export function SelectionInspector({ nodeIds }: { readonly nodeIds: readonly string[] }) {
  const { run } = useCommands();
  const running = useUnderWay();
  return (
    <>
      <header className={styles["head"]}>
        <h2>{count(nodeIds.length, "node")} selected</h2>
        <p className={styles["description"]}>A run takes what they need along with them.</p>
      </header>
      <section className={styles["section"]}>
        <div className={styles["buttons"]}>
          <Button disabled={running} onClick={() => run({ kind: "only", nodeIds: [...nodeIds] })}>
            <Play size={12} />
            Run selection
          </Button>
          <Button
            onClick={() => graphStore.getState().edit({ type: "remove", nodeIds: [...nodeIds], edgeIds: [] })}
          >
            <Trash2 size={12} />
            Delete
          </Button>
        </div>
      </section>
    </>
  );
}
