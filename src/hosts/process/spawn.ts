import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "../../editing/child-environment.ts";
import type { Spawn } from "../../studio/host.ts";

/**
 * Starts a child program with plain Node. It is killed with the process that started it; one that may outlive it learns
 * of that by its channel instead, and stands in a process group of its own, where no Ctrl-C of ours reaches it.
 */
export const spawnNode: Spawn = (entry, args, { mayOutlive = false } = {}) => {
  const child = fork(fileURLToPath(entry), [...args], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: mayOutlive && process.platform !== "win32",
    env: childEnvironment(),
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
    // One that could not be started has no exit. Without a listener its error would end this process.
    child.on("error", () => {
      if (child.pid === undefined) resolve(null);
    });
  });
  const killWithParent = () => child.kill("SIGKILL");
  if (!mayOutlive) process.once("exit", killWithParent);
  void ended.then(() => process.off("exit", killWithParent));
  return {
    postMessage: (message) => {
      // A child that has just ended is noticed by its exit, not by a failed send.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => child.on("message", listener),
    onStdout: (listener) => child.stdout?.setEncoding("utf8").on("data", listener),
    onStderr: (listener) => child.stderr?.setEncoding("utf8").on("data", listener),
    onExit: (listener) => void ended.then(listener),
    kill: () => child.kill("SIGKILL"),
    leave: () => {
      if (child.connected) child.disconnect();
    },
    unref: () => {
      child.unref();
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  };
};
