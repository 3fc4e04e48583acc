/** What the child is told to do, once. */
export type Order = {
  readonly firstRun: number;
  /** After taking up what was left. */
  readonly runs: number;
  /** Kills itself, as nobody else could in time: so long after so many sends and answers of creates. */
  readonly dieAt?: { readonly creates: number; readonly laterMs: number };
};

/** Times are milliseconds since the epoch, with fractions. */
export type Report =
  | { readonly type: "ready" | "finished" }
  | { readonly type: "resumed"; readonly at: number }
  | { readonly type: "run"; readonly run: number }
  /** Just before the first byte of a create, and when the head of its answer is here. */
  | { readonly type: "send" | "answer"; readonly at: number }
  /** The last word before it kills itself. */
  | { readonly type: "dying"; readonly at: number };
