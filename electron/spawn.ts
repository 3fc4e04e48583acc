import { fileURLToPath } from "node:url";
import { utilityProcess } from "electron";
import { childEnvironment } from "../src/editing/child-environment.ts";
import type { Spawn } from "../src/studio/host.ts";

/** Starts a child program as a utility process; Electron ends it with the app. */
export const spawnUtility: Spawn = (entry, args) => {
  const child = utilityProcess.fork(fileURLToPath(entry), [...args], {
    stdio: "pipe",
    env: childEnvironment(),
  });
  return {
    postMessage: (message) => child.postMessage(message),
    onMessage: (listener) => child.on("message", listener),
    onStdout: (listener) => child.stdout?.setEncoding("utf8").on("data", listener),
    onStderr: (listener) => child.stderr?.setEncoding("utf8").on("data", listener),
    onExit: (listener) => child.once("exit", listener),
    kill: () => child.kill(),
  };
};
