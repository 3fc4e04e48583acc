import type { Edge, Node } from "@xyflow/react";
import type { GraphNode } from "../../src/graph/document/schema.ts";

/**
 * What React Flow holds of a node: the document's own object, replaced when it changes. A group is a "frame" here,
 * because React Flow has looks of its own for what it calls a group.
 */
export type FlowNode = Node<{ readonly node: GraphNode }, "card" | "note" | "frame">;
export type FlowEdge = Edge<Record<string, never>, "wire">;
