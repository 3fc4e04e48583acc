import type { Edge, Node } from "@xyflow/react";
import type { GraphNode } from "../../src/graph/schema.ts";

/** What React Flow holds of a node: the document's own object, replaced when it changes. */
export type FlowNode = Node<{ readonly node: GraphNode }, "card" | "note" | "group">;
export type FlowEdge = Edge<Record<string, never>, "wire">;
