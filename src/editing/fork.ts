import { fork } from "node:child_process";
import { childEnvironment } from "./child-environment.ts";
import type { EditorProcess } from "./process.ts";

/** Starts a render process on Node. `entry` is `src/editing/worker.ts` in a checkout, the built `editor.js` else. */
export function forkEditor(entry: URL): EditorProcess {
  const child = fork(entry, {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // Frames live outside the JavaScript heap; a heap this large means a leak.
    execArgv: ["--max-old-space-size=512"],
    env: childEnvironment(),
  });
  let startError: Error | undefined;
  child.on("error", (error) => {
    startError = error;
  });
  return {
    // A send that fails means the child is gone, which "close" tells better.
    postMessage: (message) => void child.send(message as object, () => undefined), // our messages are objects
    onMessage: (listener) => void child.on("message", listener),
    onExit: (listener) =>
      void child.on("close", (code, signal) =>
        listener(startError ? { code, signal, error: startError } : { code, signal }),
      ),
    onStderr: (listener) => void child.stderr?.setEncoding("utf8").on("data", listener),
    kill: () => void child.kill("SIGKILL"),
  };
}
