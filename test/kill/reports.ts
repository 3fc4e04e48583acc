/** What the child is told to do, once. */
export type Order = {
  readonly firstRun: number;
  /** After taking up what was left. */
  readonly runs: number;
};

/** Times are milliseconds since the epoch, with fractions. */
export type Report =
  | { readonly type: "ready" | "finished" }
  | { readonly type: "resumed"; readonly at: number }
  | { readonly type: "run"; readonly run: number }
  /** Just before the first byte of a create, and when the head of its answer is here. */
  | { readonly type: "send" | "answer"; readonly at: number };
