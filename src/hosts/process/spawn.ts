import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Spawn } from "../../studio/options.ts";

/**
 * Starts a child program with plain Node. It is killed with the process that started it; one that may outlive it learns
 * of that by its channel instead, and stands in a process group of its own, where no Ctrl-C of ours reaches it.
 */
export const spawnNode: Spawn = (entry, args, { mayOutlive = false } = {}) => {
  const child = fork(fileURLToPath(entry), [...args], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: mayOutlive && process.platform !== "win32",
  });
  const killWithParent = () => child.kill("SIGKILL");
  if (!mayOutlive) process.once("exit", killWithParent);
  child.once("exit", () => process.off("exit", killWithParent));
  return {
    postMessage: (message) => {
      // A child that has just ended is noticed by its exit, not by a failed send.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => child.on("message", listener),
    onStdout: (listener) => child.stdout?.setEncoding("utf8").on("data", listener),
    onStderr: (listener) => child.stderr?.setEncoding("utf8").on("data", listener),
    onExit: (listener) => child.once("exit", listener),
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
