import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureRenderer } from "../src/hosts/web/renderer.ts";

/**
 * `npm start`: the desktop app where Electron and a display are there, else the same studio in the browser, saying
 * why in one line. Arguments go on to whichever it is.
 */

const root = fileURLToPath(new URL("..", import.meta.url));
const electronFolder = dirname(createRequire(import.meta.url).resolve("electron/package.json"));
/** A download that brings no byte for this long, in milliseconds, is given up. */
const patienceMs = 5000;

await ensureRenderer();
const reason = await whyNoElectron();
const child =
  reason === undefined
    ? spawn(process.execPath, [join(electronFolder, "cli.js"), root, ...process.argv.slice(2)], {
        stdio: "inherit",
      })
    : serveToBrowser(reason);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));

function serveToBrowser(why: string): ChildProcess {
  process.stderr.write(`Opening in the browser instead of the desktop app: ${why}.\n`);
  const cli = fileURLToPath(new URL("../src/hosts/cli.ts", import.meta.url));
  const args = ["serve", "--first-example", "product-clip", ...process.argv.slice(2)];
  return spawn(process.execPath, [cli, ...args], { stdio: "inherit" });
}

async function whyNoElectron(): Promise<string | undefined> {
  if (process.platform === "linux" && !process.env["DISPLAY"] && !process.env["WAYLAND_DISPLAY"]) {
    return "there is no display";
  }
  if (process.platform === "linux" && process.getuid?.() === 0)
    return "Electron's own sandbox does not run as root";
  if (isElectronThere()) return undefined;
  const failure = await downloadElectron();
  return failure ?? (isElectronThere() ? undefined : "Electron's binary did not arrive");
}

function isElectronThere(): boolean {
  return (
    process.env["ELECTRON_OVERRIDE_DIST_PATH"] !== undefined || existsSync(join(electronFolder, "path.txt"))
  );
}

/** Runs the wrapper's own install and watches the bytes arrive in a temporary folder. */
async function downloadElectron(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "catwalk-electron-"));
  const install = spawn(process.execPath, [join(electronFolder, "install.js")], {
    env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
    stdio: "ignore",
  });
  let bytes = 0;
  let lastByteAt = Date.now();
  let gaveUp = false;
  const watch = setInterval(async () => {
    const now = await folderSize(folder);
    if (now !== bytes) {
      bytes = now;
      lastByteAt = Date.now();
    } else if (Date.now() - lastByteAt > patienceMs) {
      gaveUp = true;
      install.kill();
    }
  }, 250);
  const code = await new Promise<number | null>((resolve) => install.on("exit", resolve));
  clearInterval(watch);
  await rm(folder, { recursive: true, force: true });
  if (code === 0) return undefined;
  return gaveUp ? "Electron's download brought nothing for 5 s" : "Electron's binary could not be downloaded";
}

async function folderSize(folder: string): Promise<number> {
  let size = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) size += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return size;
}
