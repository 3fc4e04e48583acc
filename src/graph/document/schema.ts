import { z } from "zod";

/** The document a person edits, in React Flow's own shape. Unknown keys at every level survive load and save. */

export const graphFormat = "catwalk.graph";
export const graphVersion = 1;
/** What `$schema` says where a document names no other: the id of the JSON Schema that ships with the app. */
export const graphSchemaId = "urn:catwalk:schema:graph:1";

const position = z.looseObject({ x: z.number(), y: z.number() });

const graphNodeSchema = z.looseObject({
  id: z.string().min(1),
  type: z.string().min(1),
  position,
  parentId: z.string().optional(),
  width: z.number().positive().optional(),
  height: z.number().positive().optional(),
  data: z.looseObject({
    title: z.string().optional(),
    params: z.record(z.string(), z.unknown()),
    /** How a node that maps over lists takes them. */
    items: z
      .looseObject({
        /** Of lists that have no table in common: row by row, or each with each. Without it they do not go together. */
        combine: z.enum(["zip", "cross"]).optional(),
        /** What an item that failed means for a port that takes the whole list. Default: `fail`. */
        holes: z.enum(["fail", "use-rest"]).optional(),
      })
      .optional(),
    /** How many takes to make for each item, each a step of its own; the first flows on. 1 to 8, default 1. */
    variations: z.int().min(1).max(8).optional(),
    /** `locked`: the chosen take flows on whatever changes before it. `never`: every run makes a new one. */
    reuse: z.enum(["locked", "never"]).optional(),
    /** Which take flows on, by item: "" without items, else the item's path as in a step id. Names this machine's takes. */
    takes: z.record(z.string(), z.string()).optional(),
  }),
});

const graphEdgeSchema = z.looseObject({
  id: z.string().min(1),
  source: z.string().min(1),
  sourceHandle: z.string().min(1),
  target: z.string().min(1),
  targetHandle: z.string().min(1),
  /** `order` sorts the wires of a list port, lowest first. */
  data: z.looseObject({ order: z.number().optional() }).optional(),
});

export const graphSchema = z.looseObject({
  $schema: z.string().optional(),
  format: z.literal(graphFormat),
  version: z.literal(graphVersion),
  /** A uuid, new on Save as; history, takes and approvals hang on it. */
  id: z.uuid(),
  name: z.string(),
  nodes: z.array(graphNodeSchema),
  edges: z.array(graphEdgeSchema),
  viewport: z.looseObject({ x: z.number(), y: z.number(), zoom: z.number().positive() }),
});

export type GraphNode = z.infer<typeof graphNodeSchema>;
export type GraphEdge = z.infer<typeof graphEdgeSchema>;
export type Graph = z.infer<typeof graphSchema>;

/** A document with nothing in it. `id` is a fresh uuid from the caller: this room makes no ids. */
export function emptyGraph(id: string, name: string): Graph {
  return {
    $schema: graphSchemaId,
    format: graphFormat,
    version: graphVersion,
    id,
    name,
    nodes: [],
    edges: [],
    viewport: { x: 0, y: 0, zoom: 1 },
  };
}
