import { CircleAlert, TriangleAlert } from "lucide-react";
import { titleOf } from "../../src/graph/describe/describe.ts";
import { focusNode } from "../stores/focus-node.ts";
import { useGraph } from "../stores/graph.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import { say } from "../words/words.ts";
import styles from "./problem-list.module.css";

/** What stands in the way of a run, errors first; a press goes to the node. */
export function ProblemList() {
  const problems = useGraph((state) => state.problems);
  const nodes = useGraph((state) => state.graph?.nodes) ?? [];
  const { describe } = graphViewStore.getState();
  const sorted = [...problems].sort(
    (a, b) => Number(a.severity !== "error") - Number(b.severity !== "error"),
  );
  if (sorted.length === 0) return <p className={styles["empty"]}>Nothing stands in the way of a run.</p>;
  return (
    <ul className={styles["list"]} aria-label="Problems">
      {sorted.map((problem) => {
        const node = nodes.find(({ id }) => id === (problem.nodeId ?? problem.nodeIds?.[0]));
        const Icon = problem.severity === "error" ? CircleAlert : TriangleAlert;
        return (
          <li
            key={`${problem.code}:${problem.nodeId ?? ""}:${problem.edgeId ?? ""}:${problem.portId ?? ""}:${problem.param ?? ""}:${say(problem.message)}`}
          >
            {/* biome-ignore lint/a11y/useSemanticElements: the words of a button element cannot be selected */}
            <div
              role="button"
              tabIndex={node ? 0 : -1}
              className={styles["problem"]}
              data-severity={problem.severity}
              aria-disabled={!node}
              onClick={() => node && getSelection()?.isCollapsed !== false && focusNode(node.id)}
              onKeyDown={(event) => {
                if (!node || (event.key !== "Enter" && event.key !== " ")) return;
                event.preventDefault();
                focusNode(node.id);
              }}
            >
              <Icon size={14} />
              <span className={styles["node"]}>{node ? titleOf(node, describe(node)) : "Graph"}</span>
              <p>
                {say(problem.message)} <span className={styles["remedy"]}>{say(problem.remedy)}</span>
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
