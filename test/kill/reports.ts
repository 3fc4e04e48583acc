/** How a process is ended, or stopped for a while. The polite ones cancel, as on the command line. */
export type Ending = "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGHUP" | "SIGSTOP";

/** What the child is told to do, once. */
export type Order = {
  readonly firstRun: number;
  /** After taking up what was left. */
  readonly runs: number;
  /** Runs a graph again whose run was left, instead of resuming it, as people do. */
  readonly again: boolean;
  /** How long jobs are looked at, in milliseconds of its hasty clock. Default: as ever. */
  readonly deadlineMs?: number;
  /** How long an answer may take, in milliseconds. Default: as ever. */
  readonly answerMs?: number;
  /** Ends itself, as nobody else could in time: so long after so many sends and answers of creates. */
  readonly dieAt?: { readonly creates: number; readonly laterMs: number; readonly by: Ending };
};

/** Times are milliseconds since the epoch, with fractions. */
export type Report =
  | { readonly type: "ready" | "finished" }
  | { readonly type: "resumed"; readonly at: number }
  | { readonly type: "run"; readonly run: number }
  /** Just before the first byte of a create, and when the head of its answer is here. */
  | { readonly type: "send" | "answer"; readonly at: number }
  /** The last word before it ends or stops itself. */
  | { readonly type: "dying"; readonly at: number };
