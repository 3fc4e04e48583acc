/**
 * A render process as the editor sees it. The host supplies it: `forkEditor` on Node, Electron's `utilityProcess`
 * in the app. It runs `src/editing/worker.ts` or the bundle built from it.
 */
export type EditorProcess = {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, after the last message and the last of stderr. */
  onExit(listener: (exit: EditorExit) => void): void;
  onStderr(listener: (text: string) => void): void;
  /** Ends it at once, whatever it is doing (SIGKILL where there are signals). */
  kill(): void;
};

export type EditorExit = {
  /** Exit code; null when ended by a signal or never started. */
  readonly code: number | null;
  readonly signal?: string | null;
  /** Set when it could not be started. */
  readonly error?: Error;
};
