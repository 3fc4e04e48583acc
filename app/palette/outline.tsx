import { CircleAlert } from "lucide-react";
import type { CSSProperties } from "react";
import { useStore } from "zustand";
import { titleOf } from "../../src/graph/describe/describe.ts";
import { ancestors } from "../../src/graph/document/groups.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { NodeIcon } from "../node-look/node-icon.tsx";
import { focusNode } from "../stores/focus-node.ts";
import { useGraph } from "../stores/graph.ts";
import { graphViewStore, useNodeProblems, useNodeView } from "../stores/graph-view.ts";
import { t } from "../words/words.ts";
import styles from "./outline.module.css";

const none: readonly GraphNode[] = [];

/** Every node of the graph by name, groups with what they hold. A press selects one and brings it into view. */
export function Outline() {
  const nodes = useGraph(({ graph }) => graph?.nodes ?? none);
  const byId = useStore(graphViewStore, ({ index }) => index?.nodes);
  if (nodes.length === 0) return <p className={styles["nothing"]}>{t("palette.noNodesYet")}</p>;
  return (
    <ul className={styles["outline"]}>
      {inTreeOrder(nodes).map((node) => (
        <Row key={node.id} node={node} depth={byId ? ancestors(byId, node).length : 0} />
      ))}
    </ul>
  );
}

function Row({ node, depth }: { readonly node: GraphNode; readonly depth: number }) {
  const selected = useGraph(({ selectedNodeIds }) => selectedNodeIds.has(node.id));
  const title = titleOf(node, useNodeView(node.id)?.description);
  const problems = useNodeProblems(node.id);
  return (
    <li>
      <button
        type="button"
        className={styles["row"]}
        aria-pressed={selected}
        style={{ "--depth": depth } as CSSProperties} // custom properties are not in React's type
        onClick={() => focusNode(node.id)}
      >
        <NodeIcon type={node.type} params={node.data.params} />
        <span className={styles["title"]}>{title}</span>
        {problems.some(({ severity }) => severity === "error") && (
          <CircleAlert className={styles["problem"]} size={13} aria-label={t("palette.hasProblem")} />
        )}
      </button>
    </li>
  );
}

function inTreeOrder(nodes: readonly GraphNode[]): readonly GraphNode[] {
  const children = new Map<string | undefined, GraphNode[]>();
  const ids = new Set(nodes.map(({ id }) => id));
  for (const node of nodes) {
    const parent = node.parentId !== undefined && ids.has(node.parentId) ? node.parentId : undefined;
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const walk = (parent: string | undefined): GraphNode[] =>
    (children.get(parent) ?? []).flatMap((node) => [node, ...walk(node.id)]);
  return walk(undefined);
}
