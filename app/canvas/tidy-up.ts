import ELK, { type ElkNode } from "elkjs/lib/elk-api.js";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import { graphStore } from "../stores/graph.ts";
import { defaultSize, stage } from "../stores/stage.ts";
import { toast } from "../ui/toasts.tsx";

/** Made at first use: the worker is 1.6 MB. */
let elk: InstanceType<typeof ELK> | undefined;

/** Lays the graph out from left to right, groups kept together. One undo step. Notes stay where they are. */
export async function tidyUp(): Promise<void> {
  const { graph } = graphStore.getState();
  if (!graph || graph.nodes.length < 2) return;
  elk ??= new ELK({ workerUrl });
  const place = stage();
  const movable = graph.nodes.filter(({ type }) => type !== "note");
  const ids = new Set(movable.map(({ id }) => id));
  const childrenOf = (parentId: string | undefined): ElkNode[] =>
    movable
      .filter(
        (node) =>
          (node.parentId !== undefined && ids.has(node.parentId) ? node.parentId : undefined) === parentId,
      )
      .map((node) => {
        const children = node.type === "group" ? childrenOf(node.id) : [];
        const { width, height } = place?.sizeOf(node.id) ?? defaultSize;
        return children.length > 0
          ? { id: node.id, children, layoutOptions: groupOptions }
          : { id: node.id, width, height };
      });
  const edges = graph.edges
    .filter(({ source, target }) => ids.has(source) && ids.has(target))
    .map(({ id, source, target }) => ({ id, sources: [source], targets: [target] }));
  try {
    const result = await elk.layout({ id: "graph", layoutOptions, children: childrenOf(undefined), edges });
    apply(result.children ?? []);
  } catch (error) {
    toast({
      title: "Tidy up did not work",
      description: error instanceof Error ? error.message : "The layout stopped.",
      look: "danger",
    });
  }
}

const layoutOptions = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.spacing.nodeNode": "40",
  "elk.layered.spacing.nodeNodeBetweenLayers": "96",
  "elk.spacing.componentComponent": "80",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
};

const groupOptions = { "elk.padding": "[top=52,left=24,bottom=24,right=24]" };

function apply(nodes: readonly ElkNode[]): void {
  const { edit } = graphStore.getState();
  const merge = crypto.randomUUID();
  const all = nodes.flatMap(function flat(node): ElkNode[] {
    return [node, ...(node.children ?? []).flatMap(flat)];
  });
  const positions = all.map(({ id, x = 0, y = 0 }) => ({ id, x: Math.round(x), y: Math.round(y) }));
  edit({ type: "move", positions }, { merge });
  for (const { id, children, width, height } of all)
    if (children && width && height)
      edit({ type: "resize", id, width: Math.round(width), height: Math.round(height) }, { merge });
  stage()?.fit();
}
