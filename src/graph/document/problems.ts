import type { Said } from "../../words/message.ts";
/** What is wrong with a graph, where, and how to mend it. A value, never thrown. */

export const problemCodes = [
  "unknown-node-type",
  "cycle",
  "missing-input",
  "too-many-inputs",
  "too-few-inputs",
  "wrong-port-type",
  "broken-edge",
  "invalid-param",
  "missing-param",
  "unknown-param",
  "unknown-model",
  "file-not-chosen",
  "file-missing",
  "file-unreadable",
  "file-outside-folder",
  "file-too-large",
  "file-type-unsupported",
  "file-changed",
  "file-incomplete",
  "account-not-chosen",
  "account-missing",
  "table-empty",
  "blank-rows",
  "duplicate-id",
  "unknown-parent",
  "secret-in-graph",
  "items-unmatched",
  "zip-unequal",
  "combine-unsaid",
  "too-many-items",
  "platform-limit",
  "too-many-steps",
  "too-few-items",
  "unknown-column",
  "ambiguous-column",
  "take-missing",
  "nothing-to-run",
] as const;

export type ProblemCode = (typeof problemCodes)[number];

export type Problem = {
  readonly code: ProblemCode;
  /** `error` stops a run that includes the node; `warning` does not. */
  readonly severity: "error" | "warning";
  /** One plain sentence: what is wrong. */
  readonly message: Said;
  /** One plain sentence: what to do. */
  readonly remedy: Said;
  readonly nodeId?: string;
  /** Every node concerned, where it is more than `nodeId`: a cycle. */
  readonly nodeIds?: readonly string[];
  readonly edgeId?: string;
  readonly portId?: string;
  /** Dotted path of the field under `data.params`. */
  readonly param?: string;
};

/** What is wrong with one field of a node. `param` is the dotted path under `data.params`. */
export type ParamProblem = {
  readonly code:
    | "invalid-param"
    | "missing-param"
    | "unknown-param"
    | "unknown-model"
    | "file-not-chosen"
    | "file-type-unsupported"
    | "file-outside-folder"
    | "account-not-chosen"
    | "table-empty"
    | "blank-rows";
  /** Default: `error`. */
  readonly severity?: "warning";
  readonly param: string;
  readonly message: Said;
  readonly remedy: Said;
};
