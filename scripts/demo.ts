import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * `npm run demo`: the sample pipeline, headless, on the sandbox. Options go on to `catwalk run`. Fresh, because a second
 * demo of the same media would stop and ask before it posts them again.
 */
const cli = fileURLToPath(new URL("../src/hosts/cli.ts", import.meta.url));
const graph = fileURLToPath(new URL("../examples/demo.json", import.meta.url));
const child = spawn(process.execPath, [cli, "run", graph, "--fresh", ...process.argv.slice(2)], {
  stdio: "inherit",
});
child.on("exit", (code) => process.exit(code ?? 1));
