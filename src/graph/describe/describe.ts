import type { ParamProblem } from "../document/problems.ts";
import type { GraphNode } from "../document/schema.ts";
import type { Ports } from "./ports.ts";
import type { Table } from "./table.ts";

/** What validate and plan need to know of a node. `src/nodes` gives it, so this room imports no node. */
export type NodeDescription = {
  /** The type's own title; a node's `data.title` wins over it. */
  readonly title: string;
  readonly ports: Ports;
  /** Parsed, defaults filled in. A field that does not parse has its default here and a problem below. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly problems: readonly ParamProblem[];
  /** Notes and groups never run. */
  readonly runs: boolean;
  /** Each run of it gives another result, so a person may ask for several. */
  readonly varies: boolean;
  /** Names of params in which `{{column}}` stands for a cell of the row. */
  readonly templated: readonly string[];
  /** Those of them that name what an item gives, so that no two items are called the same. */
  readonly namesItems: readonly string[];
  /** What its text params may hold at most once the cells of a row are filled in. */
  readonly textLimits: readonly TextLimit[];
  /** Outputs that give one of its text params as it is, by their port: known before anything runs. */
  readonly passesOn: Readonly<Record<string, string>>;
  /** The rows it brings in, if it is a table: those that run. */
  readonly table?: Table;
  /** The same with the rows that do not run, because nothing is in them yet: what a person edits. */
  readonly tableAsWritten?: Table;
};

export type TextUnit = "characters" | "hashtags" | "mentions";

export type TextLimit = {
  /** The name of the param. */
  readonly param: string;
  readonly counts: TextUnit;
  readonly most: number;
  /** Whose rule it is, where it is not the server's: then it is a warning, as only the platform itself refuses. */
  readonly platform?: string;
};

/** `undefined` for a type nobody knows: the node is kept, shown and saved back unchanged. */
export type DescribeNode = (node: GraphNode) => NodeDescription | undefined;

/** The name a person knows a node by. */
export function titleOf(node: GraphNode, description: NodeDescription | undefined): string {
  return node.data.title?.trim() || description?.title || node.type;
}
