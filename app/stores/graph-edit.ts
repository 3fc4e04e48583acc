import type { GraphEdge, GraphNode } from "../../src/graph/document/schema.ts";

/** One edit of the document: what `applyEdit` does, and one undo step. */
export type GraphEdit =
  | { readonly type: "add"; readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }
  | { readonly type: "remove"; readonly nodeIds: readonly string[]; readonly edgeIds: readonly string[] }
  | {
      readonly type: "move";
      readonly positions: readonly { readonly id: string; readonly x: number; readonly y: number }[];
    }
  | {
      readonly type: "resize";
      readonly id: string;
      readonly width: number;
      readonly height: number;
      readonly x?: number;
      readonly y?: number;
    }
  /** `replaces` are the wires that had the port before. */
  | { readonly type: "connect"; readonly edge: GraphEdge; readonly replaces: readonly string[] }
  | {
      readonly type: "params";
      readonly id: string;
      readonly params: Readonly<Record<string, unknown>>;
      /** Only where the params say this. Default: whatever they say. */
      readonly was?: Readonly<Record<string, unknown>>;
    }
  | { readonly type: "title"; readonly id: string; readonly title: string | undefined }
  /** What stands beside title and params, by name; `undefined` takes it away. */
  | { readonly type: "data"; readonly id: string; readonly data: NodeChoices }
  | { readonly type: "parent"; readonly ids: readonly string[]; readonly parentId: string | undefined }
  | { readonly type: "rename-graph"; readonly name: string };

/** How a node runs, as far as a person has said so. */
export type NodeChoices = {
  readonly [Name in "items" | "reuse" | "takes" | "variations"]?: GraphNode["data"][Name] | undefined;
};
